package dev.dbosj.examples.ingestion;

import java.util.List;

/** What parsing makes of a document, and what is checkpointed of it. */
record ParsedDocument(String title, List<Page> pages) {
    ParsedDocument {
        pages = List.copyOf(pages);
    }
}
