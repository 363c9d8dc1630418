package dev.dbosj.lab;

import java.util.List;

/** What a database has seen that watches by itself, as {@code witness.sql} says. */
record Witness(Tables tables) {
    /** What was written for a workflow by somebody who did not own it. */
    List<String> staleWrites() {
        return tables.texts("""
                select concat_ws(' ', what, 'of', workflow_id, 'by', writer, 'owned by', owner) from lab.stale
                """);
    }

    /** How often workflows of limited queues were claimed. */
    long claims() {
        return tables.number("select count(*) from lab.claims");
    }

    /** How many workflows of a limited queue had an owner at the most, when some of them had just been claimed. */
    long mostHolders() {
        return tables.number("select coalesce(max(holders), 0) from lab.claims");
    }

    /** The same for one owner. */
    long mostHoldersOfOne() {
        return tables.number("select coalesce(max(of_one), 0) from lab.claims");
    }
}
