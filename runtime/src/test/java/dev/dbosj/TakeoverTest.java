package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.SystemDatabaseException.Kind;
import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.Tick;
import dev.dbosj.store.memory.MemorySystemDatabase;
import dev.dbosj.time.Seams;
import dev.dbosj.workflow.Workflow;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an executor makes of another one that does not beat. */
@Timeout(20)
class TakeoverTest {
    private static final Duration LEASE = Duration.ofSeconds(1);
    private static final Instant START = Instant.EPOCH;

    private final Seams seams = Seams.system();
    private final SystemDatabase memory = new MemorySystemDatabase(seams.time());
    private final AtomicInteger ticks = new AtomicInteger();
    private final AtomicInteger takeovers = new AtomicInteger();
    private final Work work = new Work();

    static class Work {
        @Workflow
        String work() {
            return "done";
        }
    }

    private interface Answers {
        Tick tick(int number, boolean alive) throws InterruptedException;
    }

    private interface Takeover {
        int attempt(int number);
    }

    private DBOSRuntime launch(Answers answers, Takeover takeover) {
        var database = (SystemDatabase) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {SystemDatabase.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("takeOver")) return takeover.attempt(takeovers.incrementAndGet());
                    try {
                        var real = method.invoke(memory, arguments);
                        return real instanceof Tick tick ? answers.tick(ticks.incrementAndGet(), tick.alive()) : real;
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
        var config = DBOSConfig.named("app").databaseUrl("memory:").shutdownHook(false).lease(LEASE);
        return DBOSRuntime.create(config, seams, database).register(work).launch();
    }

    private static Tick tick(boolean alive, Instant now, Instant otherHeartbeat) {
        return tick(alive, now, otherHeartbeat, false);
    }

    private static Tick tick(boolean alive, Instant now, Instant otherHeartbeat, boolean gone) {
        var other = new ExecutorInfo("other", "app", Set.of(), LEASE, otherHeartbeat, gone);
        return new Tick(alive, now, Set.of(), List.of(other), 1);
    }

    private void awaitTicks(int count) {
        while (ticks.get() < count) Thread.onSpinWait();
    }

    @Test
    void afterAPauseOfTheDatabaseNobodyIsTakenForDeadBeforeTheyCouldBeat() {
        int paused = 6;
        try (var dbos = launch(
                (number, alive) -> {
                    if (number < paused) return tick(alive, START.plusMillis(100 * number), START);
                    var now = START.plusSeconds(10).plusMillis(100 * number);
                    if (number > paused) return tick(alive, now, now);
                    Thread.sleep(500); // the answer comes with the end of the pause, before that of the other one
                    return tick(alive, now, START);
                },
                number -> 0)) {
            awaitTicks(paused + 4);
        }
        assertThat(takeovers).hasValue(0);
    }

    @Test
    void whoDoesNotBeatWhileOthersDoIsTakenOverFrom() {
        try (var dbos = launch((number, alive) -> tick(alive, START.plusMillis(200 * number), START), number -> 0)) {
            while (takeovers.get() == 0) Thread.onSpinWait();
        }
        assertThat(ticks.get()).isGreaterThan(5);
    }

    @Test
    void whatADeadExecutorKeepsLockedIsTakenOverLaterAndHoldsUpNothing() {
        try (var dbos = launch((number, alive) -> tick(alive, START, START, true), number -> {
            if (number < 4) throw new SystemDatabaseException(Kind.CONTENDED, "locked");
            return 0;
        })) {
            while (takeovers.get() < 4) Thread.onSpinWait();
            assertThat(dbos.startWorkflow(work::work).getResult()).isEqualTo("done");
        }
    }
}
