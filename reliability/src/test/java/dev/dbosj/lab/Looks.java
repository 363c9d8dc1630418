package dev.dbosj.lab;

import java.time.Duration;

/** Looks at something again and again, until it is closed. */
final class Looks implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(3);

    private final Runnable look;
    private final Thread thread = Thread.ofPlatform().daemon().name("looks").unstarted(this::lookAgainAndAgain);
    private volatile boolean closed;
    private volatile RuntimeException failure;

    Looks(Runnable look) {
        this.look = look;
        thread.start();
    }

    private void lookAgainAndAgain() {
        try {
            while (!closed) {
                look.run();
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException stranger) {
            failure = new IllegalStateException("nobody interrupts it", stranger);
        } catch (RuntimeException blind) {
            failure = blind;
        }
    }

    /** @throws IllegalStateException if it could not look until now */
    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
        if (failure != null) throw new IllegalStateException("it has not looked until the end", failure);
    }
}
