package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.exceptions.MisuseException;
import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.SystemDatabaseException.Kind;
import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.memory.MemorySystemDatabase;
import dev.dbosj.time.Seams;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowOptions;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Somebody else holds the lock on an id: whoever wants that id waits, and nobody else does. */
@Timeout(10)
class CommitLanesTest {
    private static final String HELD = "held";

    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger refusals = new AtomicInteger();
    private final Work work = new Work();
    private DBOSRuntime dbos;

    static class Work {
        @Workflow
        int steps(int count) {
            int sum = 0;
            for (int i = 0; i < count; i++) sum += DBOS.runStep("step " + i, () -> 1);
            return sum;
        }

        @Workflow
        int parent() {
            DBOS.setEvent("before", 1);
            var child = DBOS.with(WorkflowOptions.id(HELD)).startWorkflow(this::steps, 2);
            DBOS.setEvent("after", 1);
            return child.getResult() + DBOS.runStep("last", () -> 1);
        }
    }

    @BeforeEach
    void launch() {
        var seams = Seams.system();
        var config = DBOSConfig.named("lanes").databaseUrl("memory:").shutdownHook(false).shutdownGrace(Duration.ZERO);
        dbos = DBOSRuntime.create(config, seams, lockedBySomebody(new MemorySystemDatabase(seams.time()))).register(work);
        dbos.launch();
    }

    @AfterEach
    void close() {
        released.countDown();
        dbos.close();
    }

    private SystemDatabase lockedBySomebody(SystemDatabase database) {
        return (SystemDatabase) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {SystemDatabase.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("apply") && released.getCount() > 0 && wantsHeld((List<?>) arguments[0])) {
                        refusals.incrementAndGet();
                        throw new SystemDatabaseException(Kind.CONTENDED, "locked by somebody");
                    }
                    try {
                        return method.invoke(database, arguments);
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
    }

    private static boolean wantsHeld(List<?> batch) {
        return batch.stream().anyMatch(each -> each instanceof Command command
                && command.effect() instanceof Effect.Insert insert
                && insert.workflows().stream().anyMatch(row -> row.workflowId().equals(HELD)));
    }

    private void awaitRefusals(int count) {
        while (refusals.get() < count) Thread.onSpinWait();
    }

    @Test
    void otherIdsAndAllCheckpointsGoOnMeanwhile() throws Exception {
        var waiting = Thread.startVirtualThread(
                () -> dbos.with(WorkflowOptions.id(HELD)).startWorkflow(work::steps, 1).getResult());
        awaitRefusals(3);

        assertThat(dbos.startWorkflow(work::steps, 50).getResult()).isEqualTo(50);
        assertThat(dbos.with(WorkflowOptions.id("free")).startWorkflow(work::steps, 3).getResult()).isEqualTo(3);
        assertThat(waiting.isAlive()).isTrue();
        released.countDown();
        waiting.join();
        assertThat(dbos.getWorkflow(HELD).output()).isEqualTo("1");
    }

    @Test
    void theOrderWithinARunHolds() {
        var parent = dbos.startWorkflow(work::parent);
        awaitRefusals(3);

        assertThat(dbos.listWorkflowSteps(parent.workflowId())).extracting(step -> step.name()).containsExactly("DBOS.setEvent");
        released.countDown();
        assertThat(parent.getResult()).isEqualTo(3);
        assertThat(dbos.listWorkflowSteps(parent.workflowId())).extracting(step -> step.name())
                .containsExactly("DBOS.setEvent", "steps", "DBOS.setEvent", "DBOS.getResult", "last");
    }

    @Test
    void closingDoesNotWaitForTheStranger() {
        var starting = CompletableFuture.supplyAsync(
                () -> dbos.with(WorkflowOptions.id(HELD)).startWorkflow(work::steps, 1));
        awaitRefusals(2);

        dbos.close();
        assertThat(starting).failsWithin(Duration.ofSeconds(1)).withThrowableThat().havingCause().isInstanceOf(MisuseException.class);
    }
}
