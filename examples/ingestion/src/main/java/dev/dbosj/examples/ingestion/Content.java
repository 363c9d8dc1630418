package dev.dbosj.examples.ingestion;

import java.io.IOException;
import java.io.InputStream;

/**
 * A document as it is stored.
 *
 * @param name stands in for a missing title
 * @param charset what the web server said, or null
 */
record Content(DocumentFormat format, String name, byte[] bytes, String charset) {
    /** The largest document that is read. */
    static final int MAX_BYTES = 64 * 1024 * 1024;

    /** A document whose name tells the format. */
    static Content ofFile(String name, InputStream in) throws IOException {
        var format = DocumentFormat.ofFile(name)
                .orElseThrow(() -> UnreadableDocumentException.ofNoKnownFormat(name));
        return new Content(format, name, readAll(in), null);
    }

    static byte[] readAll(InputStream in) throws IOException {
        var bytes = in.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES)
            throw new UnreadableDocumentException("it is larger than %d MiB".formatted(MAX_BYTES >> 20));
        return bytes;
    }
}
