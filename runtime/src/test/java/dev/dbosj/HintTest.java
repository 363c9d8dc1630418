package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowQueue;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Connections to one database that hear of each other at once: polls are so rare here that no test would end in time
 * by them. For stores with a line between processes.
 */
@Timeout(20)
abstract class HintTest {
    private final Work work = new Work();
    private DBOSRuntime first;
    private DBOSRuntime second;
    private DBOSClient client;

    static class Work {
        final CountDownLatch gate = new CountDownLatch(1);

        @Workflow
        int twice(int n) {
            return DBOS.runStep("twice", () -> 2 * n);
        }

        @Workflow
        void show() throws InterruptedException {
            DBOS.runStep("gate", () -> gate.await());
            DBOS.setEvent("shown", 1);
            DBOS.sleep(Duration.ofMinutes(1));
        }

        @Workflow
        int add(int count) {
            int sum = 0;
            for (int i = 0; i < count; i++) sum += DBOS.recv(Integer.class, Duration.ofMinutes(1)).orElseThrow();
            return sum;
        }
    }

    /** The URL of an empty database. */
    abstract String url();

    @BeforeEach
    void launch() {
        var config = DBOSConfig.named("hints").databaseUrl(url()).shutdownHook(false).shutdownGrace(Duration.ZERO)
                .pollInterval(Duration.ofMinutes(1));
        first = DBOS.launch(config, work);
        first.registerQueue(WorkflowQueue.named("queue"));
        first.registerQueue(WorkflowQueue.named("one").concurrency(1));
        second = DBOS.launch(config, work);
        client = DBOSClient.connect(config);
    }

    @AfterEach
    void close() {
        work.gate.countDown();
        client.close();
        first.close();
        second.close();
    }

    @Test
    void workAndResultsTravelAtOnce() {
        for (int i = 0; i < 5; i++) assertThat(client.enqueue("queue", "twice", i).getResult()).isEqualTo(2L * i);
    }

    @Test
    void eventsTravelAtOnce() {
        var handle = client.enqueue("queue", "show");
        work.gate.countDown();

        assertThat(client.getEvent(handle.workflowId(), "shown", Integer.class, Duration.ofSeconds(15))).contains(1);
    }

    @Test
    void messagesTravelAtOnce() {
        var handle = client.enqueue("queue", "add", 5);
        for (int i = 0; i < 5; i++) client.send(handle.workflowId(), i);

        assertThat(handle.getResult()).isEqualTo(10L);
    }

    @Test
    void aSlotOfAllExecutorsTogetherIsTakenAsSoonAsItIsFree() {
        var handles = client.enqueueAll("one", "twice", IntStream.range(0, 40).boxed().toList());

        assertThat(handles.stream().map(WorkflowHandle::getResult).toList())
                .isEqualTo(IntStream.range(0, 40).mapToObj(i -> (Object) (2L * i)).toList());
    }

    @Test
    void whatAClosingExecutorHandsBackIsTakenByAnother() {
        var handles = List.of(client.enqueue("queue", "show"), client.enqueue("queue", "show"));
        first.close();
        work.gate.countDown();

        for (var handle : handles)
            assertThat(client.getEvent(handle.workflowId(), "shown", Integer.class, Duration.ofSeconds(15))).contains(1);
    }
}
