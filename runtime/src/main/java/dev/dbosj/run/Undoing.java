package dev.dbosj.run;

import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Which operations have thrown what into a workflow, so that it can be said which of them was its undoing. Belongs to
 * the run's own thread.
 */
final class Undoing {
    /** A workflow that catches its exceptions may meet any number; of those that it has let go of nothing is kept. */
    private static final int REMEMBERED = 64;

    private static final int DEEPEST_CAUSE = 100;

    /**
     * An exception that an operation has thrown.
     *
     * @param step the operation's number
     * @param begun how many operations were begun by then
     * @param recordedName the name of its class as it is recorded
     */
    record Thrown(int step, int begun, String recordedName, WeakReference<Throwable> exception) {}

    private final Deque<Thrown> thrown = new ArrayDeque<>();

    void threw(int step, int begun, String recordedName, Throwable exception) {
        if (thrown.size() == REMEMBERED) thrown.removeLast();
        thrown.addFirst(new Thrown(step, begun, recordedName, new WeakReference<>(exception)));
    }

    /** The latest of the operations whose exception is this one, or among its causes; null if there is none. */
    Thrown of(Throwable failure) {
        for (var each : thrown) if (isAmong(each.exception().get(), failure)) return each;
        return null;
    }

    private static boolean isAmong(Throwable wanted, Throwable failure) {
        int depth = 0;
        for (var each = failure; each != null && depth < DEEPEST_CAUSE; each = each.getCause(), depth++)
            if (each == wanted) return true;
        return false;
    }
}
