package dev.dbosj.json;

import dev.dbosj.exceptions.DuplicateWorkflowException;
import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.exceptions.QueueFullException;
import dev.dbosj.exceptions.StepFailedException;
import dev.dbosj.exceptions.SystemDatabaseException;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Exceptions to JSON and back: {@code {"name","message","code"?,"stackTrace"?,"cause"?,"suppressed"?}}. Thread-safe.
 *
 * <p>A name is looked up among the exceptions that code declares or configures and some of the JDK, never loaded. What
 * an exception holds besides message, cause, suppressed and stack trace is not kept. One that has only a constructor
 * without arguments gets the message that this constructor gives it.
 */
public final class ErrorCodec {
    private static final int MAX_MESSAGE = 16_384;
    private static final int MAX_SUPPRESSED = 10;
    private static final int MAX_THROWABLES = 40;

    /** Depth, and suggested wait in milliseconds. */
    private static final Pattern QUEUE_FULL = Pattern.compile("(\\d{1,18}) (\\d{1,15})");

    /** Rebuilds an exception that holds more than a message. */
    @FunctionalInterface
    private interface Detailed {
        Throwable rebuild(String message, String code, Throwable cause);
    }

    private static final Map<Class<? extends Throwable>, Detailed> DETAILED = Map.of(
            SystemDatabaseException.class,
            (message, code, cause) -> new SystemDatabaseException(kind(code), message, cause),
            QueueFullException.class,
            (message, code, cause) -> queueFull(message, code),
            DuplicateWorkflowException.class,
            (message, code, cause) -> new DuplicateWorkflowException(message, code));

    private final JsonCodec codec;
    private final Map<String, Class<? extends Throwable>> known;

    /** @param known exceptions that can be rebuilt wherever they come from, besides those that methods declare */
    public ErrorCodec(JsonCodec codec, Collection<Class<? extends Throwable>> known) {
        this.codec = codec;
        this.known = Stream.concat(KnownThrowables.ALWAYS.stream(), known.stream())
                .collect(Collectors.toUnmodifiableMap(Class::getName, type -> type, (first, second) -> second));
    }

    /** Never refuses: what cannot be stored of a message is replaced, and what does not fit is left out. */
    public String encode(Throwable error) {
        try {
            return codec.encode(new Encoding().describe(error), Map.class);
        } catch (PayloadException tooLarge) {
            // A character takes at most 6 bytes of JSON; what remains is for the name.
            return codec.encode(named(error, messageOf(error, codec.maxPayloadBytes() / 12)), Map.class);
        }
    }

    /**
     * The exception as every later run will see it, with the stack frames of the first.
     *
     * @param declared the exceptions of the method that threw it
     * @return the exception, or a {@link StepFailedException} that names it where it is not known
     * @throws PayloadException if the text is not that of an error
     */
    public Throwable decode(String json, Collection<Class<? extends Throwable>> declared) {
        if (codec.decode(json, Object.class) instanceof Map<?, ?> error) return rebuild(error, declared);
        throw new PayloadException("Cannot read an error: it is not a JSON object.");
    }

    /** The name of the class of the exception, as it is recorded. */
    public String nameIn(String json) {
        return codec.decode(json, Object.class) instanceof Map<?, ?> error ? String.valueOf(error.get("name")) : null;
    }

    /**
     * Refuses a checked exception that could not be thrown again after a recovery.
     *
     * @param where what declares it, as the subject of the message
     */
    public void requireRebuildable(Class<? extends Throwable> declared, String where) {
        boolean checked = !RuntimeException.class.isAssignableFrom(declared) && !Error.class.isAssignableFrom(declared);
        if (checked && !Rebuilding.isPossible(declared))
            throw new PayloadException(
                    ("%s declares %s, which could not be thrown again after a recovery: give it a constructor "
                                    + "(String), (String, Throwable) or (), or wrap it in another exception.")
                            .formatted(where, declared.getName()));
    }

    private Throwable rebuild(Map<?, ?> error, Collection<Class<? extends Throwable>> declared) {
        var cause = error.get("cause") instanceof Map<?, ?> inner ? rebuild(inner, declared) : null;
        var rebuilt = instance(error, cause, declared);
        rebuilt.setStackTrace(
                error.get("stackTrace") instanceof String frames ? Frames.parse(frames) : new StackTraceElement[0]);
        if (error.get("suppressed") instanceof List<?> suppressed) {
            for (Object each : suppressed)
                if (each instanceof Map<?, ?> inner) rebuilt.addSuppressed(rebuild(inner, declared));
        }
        return rebuilt;
    }

    private Throwable instance(Map<?, ?> error, Throwable cause, Collection<Class<? extends Throwable>> declared) {
        var name = String.valueOf(error.get("name"));
        var message = error.get("message") == null ? null : error.get("message").toString();
        var type = declared.stream()
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElse(known.get(name));
        if (type == null) return unknown(name, message, error.get("code"), cause);
        if (DETAILED.containsKey(type))
            return DETAILED.get(type).rebuild(message, String.valueOf(error.get("code")), cause);
        return Rebuilding.of(type, message, cause)
                .orElseGet(() -> new StepFailedException(
                        "%s: %s (%s has no usable constructor (String), (String, Throwable) or ())"
                                .formatted(name, message, name),
                        cause));
    }

    private static StepFailedException unknown(String name, String message, Object code, Throwable cause) {
        return new StepFailedException(
                "%s%s: %s (to catch it by its type, declare it in the throws clause of the method, or list it: "
                                .formatted(name, code == null ? "" : " [" + code + "]", message)
                        + "DBOSConfig.exceptions(%s.class))".formatted(name.replace('$', '.')),
                cause);
    }

    private static SystemDatabaseException.Kind kind(String code) {
        for (var kind : SystemDatabaseException.Kind.values()) if (kind.name().equals(code)) return kind;
        return SystemDatabaseException.Kind.UNKNOWN_OUTCOME;
    }

    private static QueueFullException queueFull(String message, String code) {
        var numbers = QUEUE_FULL.matcher(code);
        return numbers.matches()
                ? new QueueFullException(
                        message, Long.parseLong(numbers.group(1)), Duration.ofMillis(Long.parseLong(numbers.group(2))))
                : new QueueFullException(message, 0, Duration.ZERO);
    }

    /** What some of our own exceptions hold besides their message; null for nothing. */
    private static String code(Throwable error) {
        return switch (error) {
            case SystemDatabaseException refused -> refused.kind().name();
            case QueueFullException full -> full.depth() + " " + full.suggestedWait().toMillis();
            case DuplicateWorkflowException duplicate -> duplicate.workflowId();
            default -> null;
        };
    }

    private static Map<String, Object> named(Throwable error, String message) {
        var described = new LinkedHashMap<String, Object>();
        described.put("name", error.getClass().getName());
        described.put("message", message);
        var code = code(error);
        if (code != null) described.put("code", code);
        return described;
    }

    private static String messageOf(Throwable error, int longest) {
        String message;
        try {
            message = error.getMessage();
        } catch (RuntimeException e) { // boundary: user code
            message = "(its getMessage() threw " + e.getClass().getName() + ")";
        }
        if (message == null) return null;
        return storable(message.length() <= longest ? message : message.substring(0, longest) + "…");
    }

    /** A message that cannot be stored must not hide the failure. */
    private static String storable(String message) {
        return message.codePoints()
                .map(c -> c == 0 || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? '\uFFFD' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** One walk over an exception, its causes and what they suppressed; these may form a circle. */
    private static final class Encoding {
        private final Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());

        Map<String, Object> describe(Throwable error) {
            if (error == null || seen.size() == MAX_THROWABLES || !seen.add(error)) return null;
            var described = named(error, messageOf(error, MAX_MESSAGE));
            var frames = Frames.text(error.getStackTrace());
            if (!frames.isEmpty()) described.put("stackTrace", frames);
            var cause = describe(error.getCause());
            if (cause != null) described.put("cause", cause);
            var suppressed = Stream.of(error.getSuppressed())
                    .limit(MAX_SUPPRESSED)
                    .map(this::describe)
                    .filter(Objects::nonNull)
                    .toList();
            if (!suppressed.isEmpty()) described.put("suppressed", suppressed);
            return described;
        }
    }
}
