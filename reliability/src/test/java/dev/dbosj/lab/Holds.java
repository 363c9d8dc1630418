package dev.dbosj.lab;

import dev.dbosj.time.Signals;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** Places where a thread stays, if the test has said so before, until the test lets it go. */
final class Holds implements Signals {
    private final Map<String, CountDownLatch> armed = new ConcurrentHashMap<>();
    private final Ledger ledger;

    Holds(Ledger ledger) {
        this.ledger = ledger;
    }

    void arm(String place) {
        armed.put(place, new CountDownLatch(1));
    }

    void release(String place) {
        armed.get(place).countDown();
    }

    /** Tells the ledger that it is held, and stays. @return whether it was held */
    boolean pass(String place) throws InterruptedException {
        var latch = armed.get(place);
        if (latch == null) return false;
        ledger.write(Entry.Kind.HELD, place, 0, "", 0, "");
        latch.await();
        return true;
    }

    /** The same, whoever interrupts. */
    void passDeaf(String place) {
        boolean passed = false;
        while (!passed) {
            try {
                pass(place);
                passed = true;
            } catch (InterruptedException interrupt) {
                passed = false; // being deaf is the point
            }
        }
    }

    /** A point of the engine is a place by its name. */
    @Override
    public void reached(Point point, String detail) {
        passDeaf(point.name());
    }
}
