package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.exceptions.WorkflowCancelledException;
import dev.dbosj.exceptions.WorkflowConflictException;
import dev.dbosj.exceptions.WorkflowFailedException;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
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
