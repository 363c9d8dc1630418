package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.MisuseException;
import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.workflow.StepInfo;
import dev.dbosj.workflow.TypeRef;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events as a user sees them: from the workflow that sets them, from other workflows, and from outside. */
@Timeout(20)
class EventTest {
    private static final Duration LONG = Duration.ofSeconds(10);

    private final Shown shown = new Shown();
    private DBOSRuntime dbos;
    private DBOSClient client;

    record Progress(int done, int of) {}

    static class Shown {
        final CountDownLatch gate = new CountDownLatch(1);

        @Workflow
        int count(int steps) throws InterruptedException {
            DBOS.setEvent("progress", new Progress(0, steps));
            for (int i = 1; i <= steps; i++) {
                int done = i;
                DBOS.runStep("step " + i, () -> done);
                DBOS.setEvent("progress", new Progress(i, steps));
            }
            DBOS.setEvent("names", List.of("a", "b"));
            DBOS.runStep("gate", () -> gate.await());
            return steps;
        }

        @Workflow
        void silent() {}

        @Workflow
        String follows(String other) {
            var progress = DBOS.getEvent(other, "progress", Progress.class, LONG);
            return DBOS.runStep("say", () -> progress.map(Progress::toString).orElse("nothing"));
        }

        @Workflow
        String generic() {
            DBOS.setEvent("pages", Map.of("a", List.of(new Progress(1, 2))), new TypeRef<Map<String, List<Progress>>>() {});
            return "done";
        }

        @Workflow
        String inStep() {
            return DBOS.runStep("step", () -> {
                DBOS.setEvent("x", 1);
                return "no";
            });
        }

        @Workflow
        String unstorable() {
            try {
                DBOS.setEvent("x", List.of(new Progress(1, 2)));
                return "stored";
            } catch (PayloadException refused) {
                return refused.getMessage();
            }
        }
    }

    /** The URL of an empty database. */
    String url() {
        return "memory:";
    }

    /** Whoever reads from outside: another connection where the store has one. */
    DBOSClient client(String url, DBOSRuntime runtime) {
        return url.startsWith("memory:") ? runtime : DBOSClient.connect(url);
    }

    @BeforeEach
    void launch() {
        var url = url();
        dbos = DBOS.launch(DBOSConfig.named("events").databaseUrl(url).shutdownHook(false).shutdownGrace(Duration.ZERO), shown);
        dbos.registerQueue(WorkflowQueue.named("queue"));
        client = client(url, dbos);
    }

    @AfterEach
    void close() {
        shown.gate.countDown();
        client.close();
        dbos.close();
    }

    private Optional<Progress> progress(String workflowId, Duration timeout) {
        return client.getEvent(workflowId, "progress", Progress.class, timeout);
    }

    @Test
    void theLatestValueIsReadFromOutside() {
        var run = dbos.startWorkflow(shown::count, 3);

        assertThat(client.getEvent(run.workflowId(), "names", new TypeRef<List<String>>() {}, LONG)).contains(List.of("a", "b"));
        assertThat(progress(run.workflowId(), Duration.ZERO)).contains(new Progress(3, 3));
        assertThat(client.getEvents(run.workflowId()))
                .isEqualTo(Map.of("progress", "{\"done\":3,\"of\":3}", "names", "[\"a\",\"b\"]"));
    }

    @Test
    void anEventOutlivesItsWorkflow() {
        var run = dbos.startWorkflow(shown::count, 1);
        shown.gate.countDown();
        run.getResult();

        assertThat(progress(run.workflowId(), LONG)).contains(new Progress(1, 1));
    }

    @Test
    void whoeverWaitsIsWokenWhenTheEventIsSet() {
        var waiting = dbos.with(WorkflowOptions.id("waiting")).startWorkflow(shown::follows, "counting");
        dbos.with(WorkflowOptions.id("counting")).startWorkflow(shown::count, 0);

        assertThat(waiting.getResult()).isEqualTo("Progress[done=0, of=0]");
    }

    @Test
    void aWorkflowThatHasEndedIsNotWaitedFor() {
        var run = dbos.startWorkflow(shown::silent);
        run.getResult();

        assertThat(progress(run.workflowId(), LONG)).isEmpty();
        assertThat(dbos.startWorkflow(shown::follows, run.workflowId()).getResult()).isEqualTo("nothing");
    }

    @Test
    void theWaitEndsWithTheTimeout() {
        assertThat(progress("nobody", Duration.ofMillis(30))).isEmpty();
        assertThat(progress("nobody", Duration.ZERO)).isEmpty();
        assertThatThrownBy(() -> progress("nobody", Duration.ofSeconds(-1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void oneEventOfManyWorkflowsIsReadAtOnce() {
        shown.gate.countDown();
        var runs = dbos.enqueueAll("queue", shown::count, IntStream.range(0, 50).boxed().toList());
        runs.forEach(run -> run.getResult());
        var ids = IntStream.range(0, 50).mapToObj(i -> runs.get(i).workflowId()).toList();

        var progress = client.getEvents(ids, "progress", Progress.class);
        assertThat(progress).hasSize(50);
        for (int i = 0; i < 50; i++) assertThat(progress.get(ids.get(i))).isEqualTo(new Progress(i, i));
        assertThat(client.getEvents(ids, "unknown", Progress.class)).isEmpty();
    }

    @Test
    void everyValueIsKeptAmongTheSteps() {
        shown.gate.countDown();
        var run = dbos.startWorkflow(shown::count, 2);
        run.getResult();

        assertThat(client.listWorkflowSteps(run.workflowId()))
                .filteredOn(step -> step.name().equals("DBOS.setEvent"))
                .extracting(StepInfo::output)
                .containsExactly(
                        "{\"key\":\"progress\",\"value\":{\"done\":0,\"of\":2}}",
                        "{\"key\":\"progress\",\"value\":{\"done\":1,\"of\":2}}",
                        "{\"key\":\"progress\",\"value\":{\"done\":2,\"of\":2}}",
                        "{\"key\":\"names\",\"value\":[\"a\",\"b\"]}");
    }

    @Test
    void aGenericValueNeedsItsType() {
        var run = dbos.startWorkflow(shown::generic);
        run.getResult();

        assertThat(client.getEvent(run.workflowId(), "pages", new TypeRef<Map<String, List<Progress>>>() {}, LONG))
                .contains(Map.of("a", List.of(new Progress(1, 2))));
        assertThat(dbos.startWorkflow(shown::unstorable).getResult()).contains("declare its type");
    }

    @Test
    void setEventBelongsInAWorkflowAndNotInAStep() {
        assertThatThrownBy(() -> DBOS.setEvent("x", 1)).isInstanceOf(MisuseException.class);
        assertThatThrownBy(() -> dbos.startWorkflow(shown::inStep).getResult()).hasRootCauseInstanceOf(MisuseException.class);
    }

    @Test
    void aValueOfAnotherTypeIsRefused() {
        shown.gate.countDown();
        var run = dbos.startWorkflow(shown::count, 1);
        run.getResult();

        assertThatThrownBy(() -> client.getEvent(run.workflowId(), "progress", String.class, LONG))
                .isInstanceOf(PayloadException.class);
    }
}
