package dev.dbosj.executor;

import dev.dbosj.time.Bell;
import dev.dbosj.time.Seams;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads of the engine: each runs one loop until that loop is told to end. */
public final class Loops {
    private static final Logger LOG = LoggerFactory.getLogger(Loops.class);

    private final Seams seams;
    private final AtomicInteger running = new AtomicInteger();
    private final Bell ended;
    private volatile Consumer<String> onDeath = name -> {};

    public Loops(Seams seams) {
        this.seams = seams;
        this.ended = new Bell(seams.time());
    }

    /** Told when a loop has ended by a bug or for want of memory. */
    void onDeath(Consumer<String> onDeath) {
        this.onDeath = onDeath;
    }

    /** Starts a loop on a thread of its own. */
    public void start(String name, Runnable loop) {
        start(name, loop, () -> {});
    }

    /**
     * The same.
     *
     * @param afterDeath runs when the loop has died, once it is settled that this process must not go on as before
     */
    public void start(String name, Runnable loop, Runnable afterDeath) {
        running.incrementAndGet();
        seams.threads().startEngine(name, () -> {
            try {
                loop.run();
            } catch (Throwable bug) { // boundary: whatever it was, somebody must hear of it
                LOG.error("{} has died", name, bug);
                onDeath.accept(name);
                afterDeath.run();
            } finally {
                running.decrementAndGet();
                ended.ring();
            }
        });
    }

    /** Waits until all but so many loops have ended. */
    public boolean awaitEnd(int butFor, Duration atMost) {
        long deadline = seams.time().nanos() + atMost.toNanos();
        while (running.get() > butFor) {
            var left = Duration.ofNanos(deadline - seams.time().nanos());
            if (!left.isPositive()) return false;
            ended.await(left);
        }
        return true;
    }
}
