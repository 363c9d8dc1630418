package dev.dbosj;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The sources of all tests of all modules, for pages that name some of them. */
public final class TestSources {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final int DEPTH = 5;

    private final Map<String, List<Path>> byClass = new HashMap<>();

    private TestSources() {}

    /** All that there are, seen from a module's folder. */
    public static TestSources ofAllModules() {
        var found = new TestSources();
        try (var modules = Files.find(ROOT, DEPTH, (folder, is) -> folder.endsWith(Path.of("src", "test", "java")))) {
            for (var module : modules.toList()) found.add(module);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private void add(Path module) throws IOException {
        try (var files = Files.walk(module)) {
            files.forEach(file -> byClass
                    .computeIfAbsent(file.getFileName().toString().replaceFirst("\\.java$", ""), name -> new ArrayList<>())
                    .add(file));
        }
    }

    /** Whether there is a class of that simple name. */
    public boolean has(String className) {
        return byClass.containsKey(className);
    }

    /** Whether a class of that name has a method of that name. */
    public boolean has(String className, String method) {
        return byClass.getOrDefault(className, List.of()).stream()
                .anyMatch(source -> read(source).contains("void " + method + "("));
    }

    private static String read(Path source) {
        try {
            return Files.readString(source);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
