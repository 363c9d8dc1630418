package dev.dbosj.examples.ingestion;

import java.net.URI;
import java.nio.file.Path;

/** Where one document is. Its text form is the document's identity in workflows and in the index. */
sealed interface Location {
    /** A file. */
    record InFolder(Path path) implements Location {
        @Override
        public String toString() {
            return path.toString();
        }
    }

    /** An entry of a jar or zip file, {@code /some/where.jar!/path/in/it.html}. */
    record InJar(Path jar, String entry) implements Location {
        @Override
        public String toString() {
            return jar + SEPARATOR + entry;
        }
    }

    /** A page on the web. */
    record OnTheWeb(URI uri) implements Location {
        @Override
        public String toString() {
            return uri.toString();
        }
    }

    String SEPARATOR = "!/";

    /** The location that {@code toString} has written. */
    static Location parse(String text) {
        if (isWeb(text)) return new OnTheWeb(URI.create(text));
        int separator = text.indexOf(SEPARATOR);
        return separator < 0
                ? new InFolder(Path.of(text))
                : new InJar(Path.of(text.substring(0, separator)), text.substring(separator + SEPARATOR.length()));
    }

    static boolean isWeb(String text) {
        return text.startsWith("http://") || text.startsWith("https://");
    }
}
