package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.MisuseException;
import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.workflow.TypeRef;
import dev.dbosj.workflow.StepOptions;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowOptions;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls that would silently not be durable are refused where they are made, with the fix in the message. */
@Timeout(10)
class MisuseTest {
    static class Careless {
        final AtomicReference<Throwable> seen = new AtomicReference<>();
        Runnable inWorkflow = () -> {};
        DBOSRuntime runtime;

        @Workflow
        void run() {
            inWorkflow.run();
        }

        @Workflow
        String other(String text) {
            return DBOS.runStep("other", () -> text);
        }

        String plain(String text) {
            return text;
        }
    }

    private final Careless careless = new Careless();

    private void refused(Class<? extends Exception> type, String hint, Runnable call) {
        try (var dbos = DBOS.launch(DBOSConfig.named("m").databaseUrl("memory:").shutdownHook(false), careless)) {
            careless.runtime = dbos;
            careless.inWorkflow = () -> assertThatThrownBy(call::run).isInstanceOf(type).hasMessageContaining(hint);
            dbos.startWorkflow(careless::run).getResult();
        }
    }

    @Test
    void stepsAreRefusedOnThreadsThatAWorkflowStarts() {
        try (var dbos = DBOS.launch(DBOSConfig.named("m").databaseUrl("memory:").shutdownHook(false), careless)) {
            careless.inWorkflow = () -> {
                var thread = new Thread(() -> DBOS.runStep("stray", () -> 1));
                thread.setUncaughtExceptionHandler((t, failure) -> careless.seen.set(failure));
                thread.start();
                try {
                    thread.join();
                } catch (InterruptedException interrupt) {
                    throw new AssertionError(interrupt);
                }
            };
            dbos.startWorkflow(careless::run).getResult();
            assertThat(careless.seen.get()).isInstanceOf(MisuseException.class).hasMessageContaining("own thread");
        }
    }

    @Test
    void aStepOutsideOfAWorkflowIsAPlainCallOnlyWithoutARuntime() {
        assertThat(DBOS.<String, RuntimeException>runStep("plain", () -> "x")).isEqualTo("x");
        try (var dbos = DBOS.launch(DBOSConfig.named("m").databaseUrl("memory:").shutdownHook(false), careless)) {
            assertThatThrownBy(() -> DBOS.runStep("plain", () -> "x")).isInstanceOf(MisuseException.class).hasMessageContaining("startWorkflow");
            assertThatThrownBy(() -> careless.other("direct")).isInstanceOf(MisuseException.class);
        }
    }

    @Test
    void aStepInsideAStepIsPartOfIt() {
        try (var dbos = DBOS.launch(DBOSConfig.named("m").databaseUrl("memory:").shutdownHook(false), careless)) {
            careless.inWorkflow = () -> DBOS.runStep("outer", () -> DBOS.<Integer, RuntimeException>runStep("inner", () -> 1));
            var handle = dbos.startWorkflow(careless::run);
            handle.getResult();
            assertThat(dbos.listWorkflowSteps(handle.workflowId())).extracting("name").containsExactly("outer");
        }
    }

    @Test
    void startingFromAStepNeedsAnId() {
        refused(MisuseException.class, "give it an id",
                () -> DBOS.runStep("starts", () -> DBOS.startWorkflow(careless::other, "x").workflowId()));
    }

    @Test
    void readsAreRefusedInAWorkflowOutsideOfSteps() {
        refused(MisuseException.class, "wrap it in DBOS.runStep", () -> careless.runtime.listWorkflows(WorkflowFilter.all()));
    }

    @Test
    void readsAreFineInAStep() {
        try (var dbos = DBOS.launch(DBOSConfig.named("m").databaseUrl("memory:").shutdownHook(false), careless)) {
            var counted = new AtomicReference<Integer>();
            careless.inWorkflow = () -> counted.set(DBOS.runStep("count", () -> dbos.listWorkflows(WorkflowFilter.all()).size()));
            dbos.startWorkflow(careless::run).getResult();
            assertThat(counted).hasValue(1);
        }
    }

    @Test
    void aMethodThatIsNoWorkflowIsRefused() {
        try (var dbos = DBOS.launch(DBOSConfig.named("m").databaseUrl("memory:").shutdownHook(false), careless)) {
            assertThatThrownBy(() -> dbos.startWorkflow(careless::plain, "x")).isInstanceOf(MisuseException.class).hasMessageContaining("@Workflow");
            assertThatThrownBy(() -> dbos.startWorkflow((String text) -> careless.other(text), "x")).isInstanceOf(MisuseException.class);
            assertThatThrownBy(() -> dbos.startWorkflow(new Careless()::other, "x")).isInstanceOf(MisuseException.class);
        }
    }

    @Test
    void aBlockWithAGenericResultAsksForATypeRef() {
        refused(PayloadException.class, "TypeRef", () -> DBOS.runStep("list", () -> List.of("a")));
    }

    @Test
    void aTypeRefNamesTheGenericResult() {
        try (var dbos = DBOS.launch(DBOSConfig.named("m").databaseUrl("memory:").shutdownHook(false), careless)) {
            careless.inWorkflow = () -> assertThat(
                    DBOS.runStep(StepOptions.named("list"), new TypeRef<List<String>>() {}, () -> List.of("a"))).containsExactly("a");
            dbos.startWorkflow(careless::run).getResult();
        }
    }

    @Test
    void nothingStartsBeforeLaunchOrAfterClose() {
        var dbos = DBOSRuntime.create(DBOSConfig.named("m").databaseUrl("memory:").shutdownHook(false)).register(careless);
        assertThatThrownBy(() -> dbos.startWorkflow(careless::run)).isInstanceOf(MisuseException.class).hasMessageContaining("launch()");
        dbos.launch().close();
        assertThatThrownBy(() -> dbos.with(WorkflowOptions.id("x")).startWorkflow(careless::run)).isInstanceOf(MisuseException.class).hasMessageContaining("closed");
    }
}
