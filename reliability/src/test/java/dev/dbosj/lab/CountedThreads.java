package dev.dbosj.lab;

import dev.dbosj.time.Threads;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Knows how many threads of workflows have not ended. */
record CountedThreads(Threads threads, AtomicInteger running) implements Threads {
    CountedThreads(Threads threads) {
        this(threads, new AtomicInteger());
    }

    @Override
    public Thread startWorkflow(String name, Runnable body) {
        running.incrementAndGet();
        return threads.startWorkflow(name, () -> {
            try {
                body.run();
            } finally {
                running.decrementAndGet();
            }
        });
    }

    @Override
    public Thread startEngine(String name, Runnable loop) {
        return threads.startEngine(name, loop);
    }

    @Override
    public <T> T callDatabase(Supplier<T> call) {
        return threads.callDatabase(call);
    }

    @Override
    public Thread shutdownHook(String name, Runnable body) {
        return threads.shutdownHook(name, body);
    }
}
