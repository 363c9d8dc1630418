package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.NoSuchWorkflowException;
import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.exceptions.WorkflowCancelledException;
import dev.dbosj.exceptions.WorkflowConflictException;
import dev.dbosj.exceptions.WorkflowFailedException;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process without workflow code: it enqueues by name, waits, cancels, resumes. */
@Timeout(20)
class ClientTest {
    private final Work work = new Work();
    private DBOSRuntime dbos;
    private DBOSClient client;

    record Order(String item, int count) {}

    static class Work {
        final CountDownLatch gate = new CountDownLatch(1);
        final List<String> begun = new java.util.concurrent.CopyOnWriteArrayList<>();

        @Workflow
        String ship(Order order, String to) {
            return order.count() + " " + order.item() + " to " + to;
        }

        @Workflow
        Map<String, Object> plain(List<Object> values) {
            return Map.of("values", values, "count", values.size());
        }

        @Workflow
        int fails(int n) {
            throw new IllegalArgumentException("not " + n);
        }

        @Workflow
        String waits(String name) throws InterruptedException {
            begun.add(name);
            DBOS.runStep("gate", () -> gate.await());
            return DBOS.runStep("after", () -> "through");
        }
    }

    /** The URL of an empty database. */
    String url() {
        return "memory:";
    }

    @BeforeEach
    void launch() {
        var url = url();
        dbos = DBOS.launch(
                DBOSConfig.named("client").databaseUrl(url).shutdownHook(false).shutdownGrace(Duration.ofSeconds(1)), work);
        dbos.registerQueue(WorkflowQueue.named("queue"));
        dbos.registerQueue(WorkflowQueue.named("one").concurrency(1));
        client = url.startsWith("memory:") ? dbos : DBOSClient.connect(url);
    }

    @AfterEach
    void close() {
        work.gate.countDown();
        client.close();
        dbos.close();
    }

    @Test
    void aWorkflowIsEnqueuedByNameAndAwaited() {
        var handle = client.enqueue("queue", "ship", new Order("book", 3), "Bonn");

        assertThat(handle.getResult()).isEqualTo("3 book to Bonn");
        assertThat(client.getWorkflow(handle.workflowId()).input())
                .isEqualTo("{\"positionalArgs\":[{\"item\":\"book\",\"count\":3},\"Bonn\"]}");
    }

    @Test
    void argumentsAndResultsMayBePlainData() {
        var handle = client.enqueue("queue", "plain", List.of(1, "two", 3.5));

        assertThat(handle.getResult()).isEqualTo(Map.of("values", List.of(1L, "two", 3.5), "count", 3L));
    }

    @Test
    void anIdThatExistsIsJoined() {
        var options = WorkflowOptions.id("order-1");
        var first = client.enqueue(options, "queue", "ship", new Order("book", 3), "Bonn");
        var second = client.enqueue(options, "queue", "ship", new Order("book", 3), "Bonn");

        assertThat(first.getResult()).isEqualTo(second.getResult());
        assertThatThrownBy(() -> client.enqueue(options, "queue", "plain", List.of())).isInstanceOf(WorkflowConflictException.class);
    }

    @Test
    void manyAreEnqueuedAtOnce() {
        var handles = client.enqueueAll("queue", "fails", IntStream.range(0, 30).boxed().toList());

        assertThat(handles).extracting(WorkflowHandle::workflowId).doesNotHaveDuplicates().hasSize(30);
        assertThat(handles).allSatisfy(handle -> assertThatThrownBy(handle::getResult).isInstanceOf(WorkflowFailedException.class));
        assertThat(client.enqueueAll("queue", "fails", List.of())).isEmpty();
    }

    @Test
    void argumentsThatDoNotFitTheWorkflowFailIt() {
        assertThatThrownBy(() -> client.enqueue("queue", "fails", 1, 2).getResult())
                .isInstanceOf(WorkflowFailedException.class)
                .hasMessageContaining("2 arguments were given but the workflow takes 1");
    }

    @Test
    void whatCannotBeStoredIsRefusedAtTheDoor() {
        assertThatThrownBy(() -> client.enqueue("queue", "ship", new Thread(), "x")).isInstanceOf(PayloadException.class);
        assertThatThrownBy(() -> client.enqueue("queue", " ", 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client.enqueue(" ", "ship", 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatWaitsGoesByPriority() {
        var first = client.enqueue("one", "waits", "first");
        assertThat(first.getStatus().queueName()).isEqualTo("one");
        while (work.begun.isEmpty()) Thread.onSpinWait();
        var low = client.enqueue(WorkflowOptions.defaults().priority(2), "one", "waits", "low");
        var high = client.enqueue(WorkflowOptions.defaults().priority(1), "one", "waits", "high");
        work.gate.countDown();
        low.getResult();
        high.getResult();

        assertThat(work.begun).containsExactly("first", "high", "low");
    }

    @Test
    void manyAreCancelledAndResumedByAFilter() {
        client.pauseQueue("queue");
        var handles = client.enqueueAll("queue", "fails", IntStream.range(0, 250).boxed().toList());
        var other = client.enqueue("queue", "plain", List.of());
        var failing = WorkflowFilter.all().name("fails").newestFirst(false);

        assertThat(client.cancelWorkflows(failing.limit(130))).containsExactlyElementsOf(
                handles.subList(0, 130).stream().map(WorkflowHandle::workflowId).toList());
        assertThat(client.countWorkflows()).containsEntry(WorkflowState.CANCELLED, 130L)
                .containsEntry(WorkflowState.ENQUEUED, 121L).containsEntry(WorkflowState.SUCCESS, 0L);
        assertThat(client.cancelWorkflows(failing.states(WorkflowState.CANCELLED))).as("those are cancelled").isEmpty();
        assertThat(client.cancelWorkflows(failing.limit(1_000))).hasSize(120);
        assertThat(other.getStatus().status()).isEqualTo(WorkflowState.ENQUEUED);

        assertThat(client.resumeWorkflows(failing.limit(1_000).newestFirst(true)).getFirst())
                .isEqualTo(handles.getLast().workflowId());
        assertThat(client.resumeWorkflows(WorkflowFilter.all())).isEmpty();
        assertThat(client.countWorkflows()).containsEntry(WorkflowState.ENQUEUED, 251L);
    }

    @Test
    void aPageBehindAWorkflowThatDoesNotExistIsRefused() {
        assertThat(client.listWorkflows(WorkflowFilter.all())).isEmpty();
        assertThatThrownBy(() -> client.listWorkflows(WorkflowFilter.all().after("nobody")))
                .isInstanceOf(NoSuchWorkflowException.class);
    }

    @Test
    void executorsAreListedWithWhatTheyKnowAndOwn() {
        client.enqueue("queue", "waits", "x");
        while (work.begun.isEmpty()) Thread.onSpinWait();

        assertThat(client.listExecutors()).singleElement().satisfies(executor -> {
            assertThat(executor.application()).isEqualTo("client");
            assertThat(executor.workflowNames()).containsExactly("fails", "plain", "ship", "waits");
            assertThat(executor.alive()).isTrue();
            assertThat(executor.owned()).isOne();
        });
    }

    @Test
    void whatNobodyServesIsCountedByName() {
        client.enqueueAll("queue", "unheard of", List.of(1, 2));

        assertThat(client.unservedWorkflows()).isEqualTo(Map.of("unheard of", 2L));
    }

    @Test
    void theDatabaseSaysWhatItIs() {
        assertThat(client.databaseInfo().missingIndexes()).isEmpty();
        assertThat(Duration.between(client.databaseInfo().now(), Instant.now()).abs()).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void cancellingFromOutsideEndsItAndResumingLetsItGoOn() {
        var handle = client.enqueue("queue", "waits", "x");
        while (work.begun.isEmpty()) Thread.onSpinWait();

        client.cancelWorkflow(handle.workflowId());
        assertThatThrownBy(handle::getResult).isInstanceOf(WorkflowCancelledException.class);
        work.gate.countDown();
        client.resumeWorkflow(handle.workflowId());
        while (client.getWorkflow(handle.workflowId()).status() != WorkflowState.SUCCESS) Thread.onSpinWait();
        assertThat(client.listWorkflowSteps(handle.workflowId())).extracting(step -> step.name()).containsExactly("gate", "after");
    }
}
