package dev.dbosj.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;

/** Virtual machines that have been started ahead of time and wait for a job: who is killed is replaced at once. */
final class Spares {
    /** Makes one. */
    @FunctionalInterface
    interface Start {
        Process process() throws IOException;
    }

    private final Start start;
    private final int atLeast;
    private final ArrayDeque<Process> waiting = new ArrayDeque<>();

    Spares(int atLeast, Start start) {
        this.atLeast = atLeast;
        this.start = start;
    }

    /** The one that has waited longest, or a new one. */
    synchronized Process take() {
        try {
            while (waiting.size() <= atLeast) waiting.add(start.process());
            return waiting.poll();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
