package dev.dbosj.examples.ingestion;

/**
 * What search finds.
 *
 * @param position its place in the document, from 1
 * @param text plain text
 */
record Page(int position, String text) {}
