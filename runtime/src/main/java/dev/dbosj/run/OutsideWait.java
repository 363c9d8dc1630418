package dev.dbosj.run;

import dev.dbosj.exceptions.DBOSException;
import dev.dbosj.store.Awaited;
import dev.dbosj.time.Bell;
import dev.dbosj.wait.Awaiting;
import java.time.Duration;
import java.util.Collection;
import java.util.function.Predicate;

/** Waiting on threads that run no workflow: an interrupt or the end of the runtime ends it. */
final class OutsideWait {
    private static final Duration FOR_EVER = Duration.ofDays(365 * 100);

    private final Collaborators with;

    OutsideWait(Collaborators with) {
        this.with = with;
    }

    /** @return the duration itself, or the longest that can be waited. @throws IllegalArgumentException if negative */
    static Duration requireTimeout(Duration timeout) {
        if (timeout == null || timeout.isNegative())
            throw new IllegalArgumentException("timeout " + timeout + " must be a duration of 0 or more");
        return timeout.compareTo(FOR_EVER) < 0 ? timeout : FOR_EVER;
    }

    /**
     * Waits until enough has arrived.
     *
     * @param timeout null to wait for ever
     * @param what is awaited, for messages
     * @return what has arrived by then
     */
    Awaiting await(Collection<? extends Awaited> wanted, Predicate<Awaiting> enough, Duration timeout, String what) {
        var time = with.seams().time();
        var bell = new Bell(time);
        long deadline = timeout == null ? 0 : time.nanos() + timeout.toNanos();
        try (var awaiting = with.waiter().await(wanted, bell)) {
            while (!enough.test(awaiting)) {
                if (with.waiter().isClosed())
                    throw new DBOSException("the runtime was closed while %s was awaited".formatted(what)
                            + "; the workflow goes on where it is next launched");
                var left = timeout == null ? null : Duration.ofNanos(deadline - time.nanos());
                if (left != null && !left.isPositive()) break;
                bell.awaitInterruptibly(left);
            }
            return awaiting;
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new DBOSException("interrupted while %s was awaited; the workflow goes on".formatted(what), interrupt);
        }
    }
}
