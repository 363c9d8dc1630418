package dev.dbosj.json;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Stack frames as text, one a line: {@code com.acme.Ingest.download(Ingest.java:42)}. Frames of the engine and of
 * reflection are left out, so that a trace begins and ends in user code.
 */
final class Frames {
    private static final int MAX_FRAMES = 64;
    private static final int NATIVE_METHOD = -2;
    private static final Pattern FRAME =
            Pattern.compile("(?<class>.+)\\.(?<method>[^.()]+)\\((?<file>[^()]*?)(:(?<line>\\d{1,9}))?\\)");
    private static final List<String> HIDDEN_PACKAGES = List.of(
            "dev.dbosj.run.",
            "dev.dbosj.commit.",
            "dev.dbosj.executor.",
            "dev.dbosj.code.",
            "dev.dbosj.json.",
            "dev.dbosj.wait.",
            "dev.dbosj.store.",
            "dev.dbosj.time.",
            "java.lang.reflect.",
            "jdk.internal.reflect.",
            "java.lang.invoke.");
    private static final List<String> HIDDEN_CLASSES =
            List.of("dev.dbosj.DBOS", "dev.dbosj.DBOSRuntime", "dev.dbosj.DBOSClient", "dev.dbosj.WorkflowStarter");
    private static final List<String> FEET =
            List.of("java.lang.Thread", "java.lang.VirtualThread", "java.util.concurrent.", "jdk.internal.");

    private Frames() {}

    static String text(StackTraceElement[] frames) {
        var shown = Arrays.stream(frames)
                .filter(frame -> !isHidden(frame.getClassName()))
                .toList();
        int end = shown.size();
        while (end > 0 && startsWithAny(shown.get(end - 1).getClassName(), FEET)) end--;
        return shown.subList(0, end).stream()
                .limit(MAX_FRAMES)
                .map(Frames::line)
                .collect(Collectors.joining("\n"));
    }

    /** The frames of a text; lines of another form, as other languages write them, are left out. */
    static StackTraceElement[] parse(String text) {
        return text.lines()
                .limit(MAX_FRAMES)
                .map(Frames::frame)
                .filter(Objects::nonNull)
                .toArray(StackTraceElement[]::new);
    }

    private static boolean isHidden(String className) {
        return startsWithAny(className, HIDDEN_PACKAGES)
                || HIDDEN_CLASSES.stream()
                        .anyMatch(hidden -> className.equals(hidden) || className.startsWith(hidden + "$"));
    }

    private static boolean startsWithAny(String className, List<String> prefixes) {
        return prefixes.stream().anyMatch(className::startsWith);
    }

    // Without the class loader and the module of StackTraceElement.toString, which say nothing to the reader.
    private static String line(StackTraceElement frame) {
        var place = frame.isNativeMethod()
                ? "Native Method"
                : Objects.requireNonNullElse(frame.getFileName(), "Unknown Source");
        var line = frame.getLineNumber() >= 0 ? ":" + frame.getLineNumber() : "";
        return "%s.%s(%s%s)".formatted(frame.getClassName(), frame.getMethodName(), place, line);
    }

    private static StackTraceElement frame(String line) {
        var frame = FRAME.matcher(line);
        if (!frame.matches()) return null;
        var file = frame.group("file");
        boolean isNative = file.equals("Native Method");
        int number =
                frame.group("line") != null ? Integer.parseInt(frame.group("line")) : isNative ? NATIVE_METHOD : -1;
        boolean named = !isNative && !file.equals("Unknown Source") && !file.isEmpty();
        return new StackTraceElement(frame.group("class"), frame.group("method"), named ? file : null, number);
    }
}
