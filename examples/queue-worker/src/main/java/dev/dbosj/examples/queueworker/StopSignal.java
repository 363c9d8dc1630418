package dev.dbosj.examples.queueworker;

import java.util.concurrent.CountDownLatch;

/**
 * Ctrl-C and SIGTERM. The first of the resources that a command opens, and so the last to be closed: the process ends
 * after the others are.
 */
final class StopSignal implements AutoCloseable {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    private StopSignal() {}

    static StopSignal listen() {
        var signal = new StopSignal();
        Runtime.getRuntime().addShutdownHook(new Thread(signal::arrive, "stop"));
        return signal;
    }

    private void arrive() {
        asked.countDown();
        try {
            closed.await();
        } catch (InterruptedException stranger) {
            Thread.currentThread().interrupt();
        }
    }

    void await() throws InterruptedException {
        asked.await();
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
