package dev.dbosj.time;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Virtual threads for workflows, platform threads for loops and for calls into native code. */
final class SystemThreads implements Threads {
    private static final int DATABASE_THREADS = 2;

    private final ThreadPoolExecutor database = new ThreadPoolExecutor(
            DATABASE_THREADS, DATABASE_THREADS, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), SystemThreads::databaseThread);

    SystemThreads() {
        database.allowCoreThreadTimeOut(true);
    }

    @Override
    public Thread startWorkflow(String name, Runnable body) {
        return Thread.ofVirtual().name(name).inheritInheritableThreadLocals(false).start(body);
    }

    @Override
    public Thread startEngine(String name, Runnable loop) {
        return Thread.ofPlatform().daemon().name(name).inheritInheritableThreadLocals(false).start(loop);
    }

    @Override
    public Thread shutdownHook(String name, Runnable body) {
        return Thread.ofPlatform().name(name).inheritInheritableThreadLocals(false).unstarted(body);
    }

    @Override
    public <T> T callDatabase(Supplier<T> call) {
        if (!Thread.currentThread().isVirtual()) return call.get();
        try {
            return CompletableFuture.supplyAsync(call, database).join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof RuntimeException cause) throw cause;
            if (failure.getCause() instanceof Error cause) throw cause;
            throw failure;
        }
    }

    @Override
    public void release() {
        database.setKeepAliveTime(1, TimeUnit.MILLISECONDS);
    }

    private static Thread databaseThread(Runnable task) {
        return Thread.ofPlatform().daemon().name("dbosj-database").inheritInheritableThreadLocals(false).unstarted(task);
    }
}
