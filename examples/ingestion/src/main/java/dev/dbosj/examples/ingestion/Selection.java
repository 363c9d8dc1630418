package dev.dbosj.examples.ingestion;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * What is to be ingested: the argument of the run, and its identity.
 *
 * @param sources folders, files, jars (absolute) and web addresses
 * @param limit only the first so many documents
 * @param index where the pages go: another index needs a run of its own
 */
record Selection(List<String> sources, int limit, String index) {
    private static final int ID_BYTES = 8;

    Selection {
        sources = List.copyOf(sources);
    }

    /** The id of the run: equal selections join the same run, whether it is running, was killed, or has ended. */
    String workflowId() {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(toString().getBytes(StandardCharsets.UTF_8));
            return "ingestion-" + HexFormat.of().formatHex(digest, 0, ID_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
