package dev.dbosj.examples.ingestion;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Finds the documents in folders, files, jars of Javadoc and web addresses, in an order that is always the same. */
final class DocumentFinder {
    static final int MAX_DOCUMENTS = 100_000;

    // What javadoc writes beside the pages that somebody wrote: frames, indexes, trees, uses, copies of sources.
    private static final Pattern GENERATED_BY_JAVADOC = Pattern.compile("""
            (?x) (^|/) (class-use | index-files | src-html | doc-files | script-dir | legal | META-INF) /
            | ^ (index | overview-summary) \\.html $
            | (^|/) (index-all | all(classes|packages)(-\\w+)? | help-doc | search
                | (overview|package|module)-(tree|use|frame) | deprecated-list | constant-values | serialized-form
                | new-list | external-\\w+ | system-properties) \\.html $
            """);

    private DocumentFinder() {}

    /**
     * The locations of the first documents that the sources hold.
     *
     * @param limit at most so many, 1 to 100,000
     * @throws IOException if a source cannot be read
     */
    static List<String> find(List<String> sources, int limit) throws IOException {
        var found = new LinkedHashSet<String>();
        for (var source : sources) {
            if (found.size() >= limit) break;
            addFrom(source, found);
        }
        return found.stream().limit(limit).toList();
    }

    private static void addFrom(String source, Set<String> found) throws IOException {
        if (Location.isWeb(source)) {
            found.add(source);
            return;
        }
        var path = Path.of(source);
        if (!Files.isDirectory(path)) {
            addFile(path, found);
            return;
        }
        try (Stream<Path> below = Files.walk(path)) {
            for (var file : below.filter(Files::isRegularFile).sorted().toList())
                if (isReadable(file.toString()) || isJar(file)) addFile(file, found);
        }
    }

    private static void addFile(Path file, Set<String> found) throws IOException {
        if (isJar(file)) addEntries(file, found);
        else found.add(new Location.InFolder(file).toString());
    }

    private static void addEntries(Path jar, Set<String> found) throws IOException {
        try (var zip = new ZipFile(jar.toFile())) {
            zip.stream()
                    .filter(entry -> !entry.isDirectory())
                    .map(ZipEntry::getName)
                    .filter(entry -> isReadable(entry) && !GENERATED_BY_JAVADOC.matcher(entry).find())
                    .sorted()
                    .map(entry -> new Location.InJar(jar, entry).toString())
                    .forEach(found::add);
        }
    }

    private static boolean isReadable(String name) {
        return DocumentFormat.ofFile(name).isPresent();
    }

    private static boolean isJar(Path file) {
        return file.toString().endsWith(".jar") || file.toString().endsWith(".zip");
    }
}
