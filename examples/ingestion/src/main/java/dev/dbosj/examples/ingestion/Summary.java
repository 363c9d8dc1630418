package dev.dbosj.examples.ingestion;

import java.util.List;

/**
 * What a run has come to.
 *
 * @param documents how many are indexed
 * @param pages how many pages they have
 * @param failures the documents that are not
 */
record Summary(int documents, int pages, List<Failure> failures) {
    /** A document and why it is not indexed. */
    record Failure(String location, String reason) {}

    Summary {
        failures = List.copyOf(failures);
    }
}
