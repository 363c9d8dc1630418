package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.DBOSException;
import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.memory.MemorySystemDatabase;
import dev.dbosj.time.Seams;
import dev.dbosj.time.Signals;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowQueue;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An executor that others have declared dead goes on as a new one, unless it is broken. */
@Timeout(20)
class LostMembershipTest {
    private final Seams seams = Seams.system();
    private final SystemDatabase database = new MemorySystemDatabase(seams.time());

    static class Work {
        @Workflow
        String work() {
            return DBOS.runStep("step", () -> "done");
        }
    }

    private DBOSRuntime runtime(Seams seams, SystemDatabase database, Work work) {
        var config = DBOSConfig.named("app").databaseUrl("memory:").shutdownHook(false).lease(Duration.ofSeconds(1))
                .pollInterval(Duration.ofMillis(20)).shutdownGrace(Duration.ZERO);
        var dbos = DBOSRuntime.create(config, seams, database).register(work);
        dbos.registerQueue(WorkflowQueue.named("q").workerConcurrency(1));
        return dbos;
    }

    private List<String> members() {
        return database.executors().stream().filter(member -> !member.gone()).map(ExecutorInfo::executorId).toList();
    }

    private void declareDead(String executorId) {
        var dead = database.executors().stream().filter(member -> member.executorId().equals(executorId)).findFirst().orElseThrow();
        database.takeOver(new ExecutorInfo(dead.executorId(), dead.application(), dead.names(), dead.lease(), dead.heartbeat(), true), 10);
    }

    @Test
    void whatItHadClaimedBeforeItHeardOfThatLetsGoOfItsSlot() {
        var first = new AtomicBoolean(true);
        Signals pauseAfterTheClaim = (point, detail) -> {
            if (point != Signals.Point.LEASE_TAKEN || !first.getAndSet(false)) return;
            var lost = members().getFirst();
            declareDead(lost);
            while (members().isEmpty()) Thread.onSpinWait();
            assertThat(members()).doesNotContain(lost);
        };
        var work = new Work();
        try (var dbos = runtime(seams.signals(pauseAfterTheClaim), database, work).launch()) {
            assertThat(dbos.enqueueWorkflow("q", work::work).getResult()).isEqualTo("done");
        }
        assertThat(first).isFalse();
    }

    @Test
    void whenOneOfItsThreadsHasDiedItStaysAwayAndNobodyWaitsForThatThread() throws Exception {
        var broken = new AtomicBoolean();
        var ticks = new AtomicInteger();
        var claims = new AtomicInteger();
        var faulty = (SystemDatabase) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {SystemDatabase.class}, (proxy, method, args) -> {
            if (method.getName().equals("apply") && broken.get()) throw new IllegalStateException("a bug");
            if (method.getName().equals("tick")) ticks.incrementAndGet();
            if (method.getName().equals("claim")) claims.incrementAndGet();
            try {
                return method.invoke(database, args);
            } catch (InvocationTargetException failure) {
                throw failure.getCause();
            }
        });
        var work = new Work();
        try (var dbos = runtime(seams, faulty, work).launch()) {
            var executor = members().getFirst();
            broken.set(true);
            assertThatThrownBy(() -> dbos.startWorkflow(work::work)).isInstanceOf(DBOSException.class);
            declareDead(executor);
            await(ticks, ticks.get() + 3);
            int claimsSoFar = claims.get();
            await(ticks, ticks.get() + 3);

            assertThat(members()).isEmpty();
            assertThat(claims).hasValue(claimsSoFar);
        }
    }

    private static void await(AtomicInteger counter, int value) {
        while (counter.get() < value) Thread.onSpinWait();
    }
}
