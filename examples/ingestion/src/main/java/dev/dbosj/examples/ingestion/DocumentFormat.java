package dev.dbosj.examples.ingestion;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The formats that can be read. */
enum DocumentFormat {
    HTML,
    PDF,
    TEXT;

    private static final Map<String, DocumentFormat> BY_SUFFIX = Map.of(
            "html", HTML, "htm", HTML, "xhtml", HTML,
            "pdf", PDF,
            "txt", TEXT, "text", TEXT, "md", TEXT, "markdown", TEXT);

    private static final Map<String, DocumentFormat> BY_MEDIA_TYPE = Map.of(
            "text/html", HTML,
            "application/xhtml+xml", HTML,
            "application/pdf", PDF,
            "text/plain", TEXT,
            "text/markdown", TEXT);

    /** The format that the end of a file name tells. */
    static Optional<DocumentFormat> ofFile(String name) {
        var suffix = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return Optional.ofNullable(BY_SUFFIX.get(suffix));
    }

    /** The format that a web server tells, {@code text/html; charset=utf-8}. */
    static Optional<DocumentFormat> ofMediaType(String mediaType) {
        return Optional.ofNullable(BY_MEDIA_TYPE.get(mediaType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT)));
    }
}
