package dev.dbosj.examples.ingestion;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipFile;

/** Fetches documents from files, jars and the web. Thread-safe; keeps the jars open that it has read from. */
final class DocumentReader implements AutoCloseable {
    private final Map<Path, ZipFile> jars = new HashMap<>();

    /**
     * Reads the whole document.
     *
     * @throws ServerBusyException if asking again may help
     * @throws UnreadableDocumentException if the document cannot be read
     */
    Content read(Location location) throws UnreadableDocumentException {
        try {
            return switch (location) {
                case Location.InFolder(var file) -> readFile(file);
                case Location.InJar(var jar, var entry) -> readEntry(jar, entry);
                case Location.OnTheWeb(var uri) -> WebPages.download(uri);
            };
        } catch (UnreadableDocumentException known) {
            throw known;
        } catch (NoSuchFileException missing) {
            throw new UnreadableDocumentException("it does not exist", missing);
        } catch (IOException failure) {
            throw new UnreadableDocumentException(failure.toString(), failure);
        }
    }

    private static Content readFile(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return Content.ofFile(file.getFileName().toString(), in);
        }
    }

    private Content readEntry(Path jar, String name) throws IOException {
        var zip = open(jar);
        var entry = zip.getEntry(name);
        if (entry == null)
            throw new UnreadableDocumentException("%s has no entry '%s'".formatted(jar.getFileName(), name));
        try (var in = zip.getInputStream(entry)) {
            return Content.ofFile(name.substring(name.lastIndexOf('/') + 1), in);
        }
    }

    private synchronized ZipFile open(Path jar) throws IOException {
        var known = jars.get(jar);
        if (known != null) return known;
        var opened = new ZipFile(jar.toFile());
        jars.put(jar, opened);
        return opened;
    }

    @Override
    public synchronized void close() throws IOException {
        for (var jar : jars.values()) jar.close();
        jars.clear();
    }
}
