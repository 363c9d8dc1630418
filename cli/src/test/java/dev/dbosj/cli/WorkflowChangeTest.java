package dev.dbosj.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSConfig;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.exceptions.WorkflowCancelledException;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code workflow cancel} and {@code workflow resume} do and say. */
@Timeout(30)
class WorkflowChangeTest {
    /** With a runtime that runs the workflows. */
    @Nested
    class Live {
        private final CountDownLatch packing = new CountDownLatch(1);
        private final Semaphore packed = new Semaphore(0);
        private final AtomicInteger packs = new AtomicInteger();

        class Orders {
            @Workflow
            String ship(String parcel) {
                DBOS.runStep("pack", this::pack);
                return DBOS.runStep("send", () -> parcel + " sent");
            }

            @Workflow
            String bill(String parcel) {
                return parcel + " billed";
            }

            /** Cancelling interrupts it, and it packs on. */
            private void pack() {
                packs.incrementAndGet();
                packing.countDown();
                packed.acquireUninterruptibly();
            }
        }

        @Test
        void aWorkflowThatIsCancelledWhileItRunsGoesOnWhereItStopped(@TempDir Path folder) throws Exception {
            var orders = new Orders();
            try (var dbos = launch(folder, orders)) {
                var cli = new Cli().database(url(folder));
                var handle = dbos.with(WorkflowOptions.id("order-1")).startWorkflow(orders::ship, "book");
                packing.await();

                var cancelled = cli.run("workflow", "cancel", "order-1");
                assertThat(cancelled.code()).isEqualTo(ExitCode.OK);
                assertThat(cancelled.out()).matches("order-1: cancelled; executor \\S+ stops it\n");
                assertThatThrownBy(handle::getResult).isInstanceOf(WorkflowCancelledException.class);

                packed.release();
                while (dbos.getWorkflow("order-1").executorId() != null) Thread.onSpinWait();
                assertThat(cli.run("workflow", "cancel", "order-1").out())
                        .isEqualTo("order-1: was CANCELLED already\n");
                assertThat(dbos.listWorkflowSteps("order-1")).as("what had begun is recorded").hasSize(1);

                assertThat(cli.run("workflow", "resume", "order-1").out()).startsWith("order-1: resumed, ");
                while (!dbos.getWorkflow("order-1").status().isTerminal()) Thread.onSpinWait();

                assertThat(cli.run("workflow", "get", "order-1").out()).contains("SUCCESS").contains("book sent");
                assertThat(cli.run("workflow", "steps", "order-1").lines()).hasSize(1 + 2);
                assertThat(packs).hasValue(1);
            }
        }

        @Test
        void aWorkflowThatWaitsOnItsQueueIsCancelledAndResumed(@TempDir Path folder) throws Exception {
            var orders = new Orders();
            try (var dbos = launch(folder, orders)) {
                var cli = new Cli().database(url(folder));
                dbos.registerQueue(WorkflowQueue.named("orders").workerConcurrency(1));
                dbos.with(WorkflowOptions.id("first")).enqueueWorkflow("orders", orders::ship, "book");
                packing.await();
                dbos.with(WorkflowOptions.id("second")).enqueueWorkflow("orders", orders::bill, "pen");

                assertThat(cli.run("workflow", "cancel", "second").out()).isEqualTo("second: cancelled\n");
                assertThat(cli.run("workflow", "resume", "second").out()).isEqualTo("second: resumed, ENQUEUED\n");

                packed.release();
                while (!dbos.getWorkflow("second").status().isTerminal()) Thread.onSpinWait();
                assertThat(dbos.getWorkflow("second").output()).isEqualTo("\"pen billed\"");
                for (var verb : new String[] {"cancel", "resume"})
                    assertThat(cli.run("workflow", verb, "second")).isEqualTo(new Cli.Result(
                            ExitCode.CONFLICT, "", "second: left as it is, it has ended with SUCCESS\n"));
            }
        }

        private static DBOSRuntime launch(Path folder, Orders orders) {
            return DBOS.launch(DBOSConfig.named("orders").databaseUrl(url(folder))
                    .pollInterval(Duration.ofMillis(50)).shutdownHook(false), orders);
        }

        private static String url(Path folder) {
            return "sqlite:" + folder.resolve("orders.db");
        }
    }

    @Test
    void manyAreChangedAtOnceAndOneThatDoesNotExistKeepsNothingFromTheOthers(@TempDir Path folder) {
        try (var recorded = new Recorded(folder)) {
            recorded.enqueued("one", "ship", "orders").enqueued("two", "ship", "orders");

            var cli = new Cli().database(recorded.url);
            var result = cli.run("workflow", "cancel", "one", "nobody", "two");

            assertThat(result.code()).isEqualTo(ExitCode.NOT_FOUND);
            assertThat(result.out()).isEqualTo("one: cancelled\ntwo: cancelled\n");
            assertThat(result.err()).isEqualTo("there is no workflow nobody\n");
            assertThat(recorded.state("one")).isEqualTo(WorkflowState.CANCELLED);
            assertThat(recorded.state("two")).isEqualTo(WorkflowState.CANCELLED);
        }
    }

    @Test
    void aDeadLetterIsResumed(@TempDir Path folder) {
        try (var recorded = new Recorded(folder).oneOfEachState()) {
            assertThat(new Cli().database(recorded.url).run("workflow", "resume", "dead").out())
                    .isEqualTo("dead: resumed, ENQUEUED\n");
            assertThat(recorded.state("dead")).isEqualTo(WorkflowState.ENQUEUED);
        }
    }

    @Test
    void aWorkflowWhoseExecutorHasNotLetGoIsResumedLater(@TempDir Path folder) {
        try (var recorded = new Recorded(folder).running("w", "ship").cancelled("w")) {
            assertThat(new Cli().database(recorded.url).run("workflow", "resume", "w").out())
                    .isEqualTo("w: will be resumed once executor executor-1 has stopped it\n");
            assertThat(recorded.putOff("w").state("w")).isNotEqualTo(WorkflowState.CANCELLED);
        }
    }

    @Test
    void whatOneCommandListsAnotherChanges(@TempDir Path folder) {
        try (var recorded = new Recorded(folder)) {
            recorded.enqueued("victim", "bill", "orders");
            for (var id : new String[] {"a\nvictim", " b", "-"}) recorded.enqueued(id, "ship", "orders");
            var cli = new Cli().database(recorded.url);
            var ids = cli.run("workflow", "list", "-n", "ship", "-o", "ids").out();

            var result = cli.input("\n" + ids + "  \n").run("workflow", "cancel", "-");

            assertThat(result.code()).isEqualTo(ExitCode.OK);
            assertThat(result.lines()).containsExactly("-: cancelled", " b: cancelled", "a\\u000avictim: cancelled");
            assertThat(recorded.state("a\nvictim")).isEqualTo(WorkflowState.CANCELLED);
            assertThat(recorded.state("victim")).as("named within another id").isEqualTo(WorkflowState.ENQUEUED);
        }
    }

    @Test
    void argumentsAndTheStandardInputCanBeMixed(@TempDir Path folder) {
        try (var recorded = new Recorded(folder)) {
            for (var id : new String[] {"a", "b", "c", "d"}) recorded.enqueued(id, "ship", "orders");

            var result = new Cli().database(recorded.url).input("b\r\nc").run("workflow", "cancel", "a", "-", "d");

            assertThat(result.lines()).containsExactly("a: cancelled", "b: cancelled", "c: cancelled", "d: cancelled");
        }
    }

    @Test
    void anInputThatIsNoListOfIdsIsReadNoFurther(@TempDir Path folder) {
        try (var recorded = new Recorded(folder).enqueued("a", "ship", "orders")) {
            var cli = new Cli().database(recorded.url).input("\u007fELF\u0000\u0001\na\n");

            var result = cli.run("workflow", "cancel", "-");

            assertThat(result.code()).isEqualTo(ExitCode.USAGE);
            assertThat(result.err()).contains("NUL").hasLineCount(1);
            assertThat(recorded.state("a")).isEqualTo(WorkflowState.ENQUEUED);
        }
    }

    @Test
    void anEmptyInputIsNothingToDo(@TempDir Path folder) {
        try (var recorded = new Recorded(folder)) {
            var result = new Cli().database(recorded.url).run("workflow", "resume", "-");

            assertThat(result).isEqualTo(new Cli.Result(ExitCode.OK, "", ""));
        }
    }

    @Test
    void aReaderThatLeavesKeepsNothingFromBeingDone(@TempDir Path folder) {
        try (var recorded = new Recorded(folder).enqueued("a", "ship", "orders").enqueued("b", "ship", "orders")) {
            var cli = new Cli().database(recorded.url);

            var result = cli.run(failing("Broken pipe"), "workflow", "cancel", "a", "b");

            assertThat(result).isEqualTo(new Cli.Result(ExitCode.OK, "", ""));
            assertThat(recorded.state("b")).isEqualTo(WorkflowState.CANCELLED);
        }
    }

    @Test
    void anOutputThatCannotBeWrittenIsAFailure(@TempDir Path folder) {
        try (var recorded = new Recorded(folder).enqueued("a", "ship", "orders")) {
            var result = new Cli().database(recorded.url).run(failing("No space left on device"), "workflow", "list");

            assertThat(result.code()).isEqualTo(ExitCode.FAILURE);
            assertThat(result.err()).contains("No space left on device").hasLineCount(1);
        }
    }

    private static OutputStream failing(String reason) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(reason);
            }
        };
    }
}
