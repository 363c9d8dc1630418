package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.MisuseException;
import dev.dbosj.exceptions.NoSuchWorkflowException;
import dev.dbosj.exceptions.NonDeterministicWorkflowException;
import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.exceptions.WorkflowCancelledException;
import dev.dbosj.workflow.StepInfo;
import dev.dbosj.workflow.StepOptions;
import dev.dbosj.workflow.TypeRef;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages as a user sees them: sent by workflows, by steps and from outside, received by a workflow. */
@Timeout(30)
class MessageTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration BRIEFLY = Duration.ofMillis(200);

    private final String url = url();
    private Post post = new Post();
    private DBOSRuntime dbos;
    private DBOSClient client;

    record Letter(String from, int pages) {}

    static class Post {
        final List<String> ledger = Collections.synchronizedList(new ArrayList<>());
        final CountDownLatch gate = new CountDownLatch(1);
        final CountDownLatch reached = new CountDownLatch(1);
        Duration timeout = LONG;
        String topic = "letters";
        DBOSClient client;

        @Workflow
        List<String> receive(int count) throws InterruptedException {
            var received = new ArrayList<String>();
            for (int i = 0; i < count; i++)
                received.add(DBOS.recv(topic, Letter.class, timeout).map(Letter::from).orElse("nobody"));
            DBOS.runStep("gate", () -> {
                reached.countDown();
                gate.await();
            });
            return received;
        }

        @Workflow
        List<String> receiveLate(int count) throws InterruptedException {
            DBOS.runStep("late", () -> gate.await());
            return receive(count);
        }

        @Workflow
        String receiveWithoutTopic() {
            return DBOS.recv(String.class, timeout).orElse("nothing");
        }

        @Workflow
        int receivePages() {
            var letters = DBOS.recv(topic, new TypeRef<List<Letter>>() {}, timeout).orElse(List.of());
            return letters.stream().mapToInt(Letter::pages).sum();
        }

        @Workflow
        String receiveWhatever() {
            try {
                return DBOS.recv(topic, Letter.class, timeout).toString();
            } catch (PayloadException refused) {
                return "refused, then " + DBOS.recv(topic, Letter.class, Duration.ZERO);
            }
        }

        @Workflow
        String send(String to) throws InterruptedException {
            String outcome;
            try {
                DBOS.send(to, new Letter("workflow", 1), topic);
                outcome = "sent";
            } catch (NoSuchWorkflowException nobody) {
                outcome = "not sent";
            }
            DBOS.runStep("gate", () -> {
                reached.countDown();
                gate.await();
            });
            return outcome;
        }

        @Workflow
        void sendInStep(String to) {
            DBOS.runStep(StepOptions.named("stubborn").maxAttempts(3).interval(Duration.ofMillis(1)), () -> {
                DBOS.send(to, new Letter("first", DBOS.attempt()), topic);
                DBOS.send(to, new Letter("second", DBOS.attempt()), topic);
                if (DBOS.attempt() < 3) throw new IllegalStateException("not yet");
            });
        }

        @Workflow
        String toItself() {
            DBOS.send(DBOS.workflowId(), "note");
            return DBOS.recv(String.class, Duration.ZERO).orElse("lost");
        }

        @Workflow
        void sendAsAClient(String to) {
            client.send(to, new Letter("client", 1), topic);
        }

        @Workflow
        void sendAsAClientInStep(String to) {
            DBOS.runStep("step", () -> client.send(to, new Letter("client in a step", 1), topic));
        }

        @Workflow
        void inStep() {
            DBOS.runStep("step", () -> DBOS.recv(topic, Letter.class, Duration.ZERO).isPresent());
        }

        @Workflow
        String ping(int times) {
            var pong = DBOS.startWorkflow(this::pong, DBOS.workflowId(), times);
            int got = 0;
            for (int i = 0; i < times; i++) {
                DBOS.send(pong.workflowId(), i, "ping");
                got += DBOS.recv("pong", Integer.class, timeout).orElseThrow();
            }
            return got + " " + pong.getResult();
        }

        @Workflow
        int pong(String to, int times) {
            int got = 0;
            for (int i = 0; i < times; i++) {
                got += DBOS.recv("ping", Integer.class, timeout).orElseThrow();
                DBOS.send(to, i, "pong");
            }
            return got;
        }
    }

    /** The URL of an empty database. */
    String url() {
        return "memory:" + UUID.randomUUID();
    }

    /** Nothing here is found by polling in time. */
    @BeforeEach
    void launch() {
        var config = DBOSConfig.named("post").databaseUrl(url).shutdownHook(false);
        dbos = DBOSRuntime.create(config.shutdownGrace(Duration.ZERO).pollInterval(Duration.ofMinutes(1))).register(post);
        dbos.registerQueue(WorkflowQueue.named("queue"));
        dbos.launch();
        client = url.startsWith("memory:") ? dbos : DBOSClient.connect(url);
        post.client = client;
    }

    @AfterEach
    void close() {
        post.gate.countDown();
        client.close();
        dbos.close();
    }

    /** The process ends and begins anew, with the same database. */
    private void relaunch(Post next) {
        client.close();
        dbos.close();
        post.gate.countDown();
        post = next;
        launch();
    }

    private WorkflowHandle<List<String>> receiver(String id, int count) {
        return dbos.with(WorkflowOptions.id(id)).startWorkflow(post::receive, count);
    }

    private List<String> outputs(String workflowId) {
        return client.listWorkflowSteps(workflowId).stream().map(StepInfo::output).toList();
    }

    private void awaitSteps(String workflowId, int count) throws InterruptedException {
        while (client.listWorkflowSteps(workflowId).size() < count) Thread.sleep(5);
    }

    @Test
    void aWaitingWorkflowIsWokenByAMessage() throws Exception {
        var run = receiver("id", 1);
        awaitSteps("id", 1);
        dbos.send("id", new Letter("Ada", 2), "letters");
        post.gate.countDown();

        assertThat(run.getResult()).containsExactly("Ada");
    }

    @Test
    void messagesComeInTheOrderInWhichTheyWereSentAndByTopic() {
        dbos.with(WorkflowOptions.id("elsewhere")).startWorkflow(post::receiveWithoutTopic);
        var run = receiver("id", 1_000);
        client.send("id", "not this one");
        client.send("id", new Letter("another topic", 1), "bills");
        for (int i = 0; i < 1_000; i++) client.send("id", new Letter("letter " + i, 1), "letters");
        post.gate.countDown();

        assertThat(run.getResult()).isEqualTo(IntStream.range(0, 1_000).mapToObj(i -> "letter " + i).toList());
    }

    @Test
    void withoutATopicTheOnesWithoutATopicCome() {
        var run = dbos.with(WorkflowOptions.id("id")).startWorkflow(post::receiveWithoutTopic);
        DBOS.send("id", "on a topic", "letters");
        DBOS.send("id", "on none");

        assertThat(run.getResult()).isEqualTo("on none");
    }

    @Test
    void theWaitEndsWithTheTimeout() {
        post.timeout = BRIEFLY;
        post.gate.countDown();
        var begun = Instant.now();

        assertThat(receiver("id", 1).getResult()).containsExactly("nobody");
        assertThat(Duration.between(begun, Instant.now())).isGreaterThanOrEqualTo(BRIEFLY);
        assertThat(outputs("id").getFirst()).startsWith("{\"topic\":\"letters\",\"until\":");
        assertThat(outputs("id").get(1)).isEqualTo("{\"topic\":\"letters\"}");
    }

    @Test
    void withoutTimeItTakesOnlyWhatIsThere() {
        post.timeout = Duration.ZERO;
        var run = dbos.with(WorkflowOptions.id("id")).startWorkflow(post::receiveLate, 2);
        client.send("id", new Letter("Ada", 2), "letters");
        post.gate.countDown();

        assertThat(run.getResult()).containsExactly("Ada", "nobody");
        assertThat(outputs("id").subList(1, 3))
                .containsExactly(
                        "{\"topic\":\"letters\",\"message\":{\"from\":\"Ada\",\"pages\":2}}", "{\"topic\":\"letters\"}");
    }

    @Test
    void workflowsTalkToEachOther() {
        assertThat(dbos.startWorkflow(post::ping, 50).getResult()).isEqualTo("1225 1225");
        assertThat(dbos.startWorkflow(post::toItself).getResult()).isEqualTo("note");
    }

    @Test
    void aGenericMessageNeedsItsType() {
        var letters = List.of(new Letter("Ada", 2), new Letter("Bob", 3));
        var run = dbos.with(WorkflowOptions.id("id")).startWorkflow(post::receivePages);
        client.send("id", letters, new TypeRef<List<Letter>>() {}, "letters", null);

        assertThat(run.getResult()).isEqualTo(5);
        assertThatThrownBy(() -> client.send("id", letters, "letters")).isInstanceOf(PayloadException.class);
        var again = dbos.with(WorkflowOptions.id("again")).startWorkflow(post::receivePages);
        DBOS.send("again", letters, new TypeRef<List<Letter>>() {}, "letters");
        assertThat(again.getResult()).isEqualTo(5);
    }

    @Test
    void aMessageOfAnotherTypeIsRefusedAndDoesNotComeAgain() {
        var run = dbos.with(WorkflowOptions.id("id")).startWorkflow(post::receiveWhatever);
        client.send("id", 42, "letters");

        assertThat(run.getResult()).isEqualTo("refused, then Optional.empty");
    }

    @Test
    void ofAllMessagesUnderOneKeyTheFirstComes() {
        post.timeout = Duration.ZERO;
        var run = dbos.with(WorkflowOptions.id("id")).startWorkflow(post::receiveLate, 3);
        client.send("id", new Letter("Ada", 1), "letters", "key");
        client.send("id", new Letter("Ada again", 1), "letters", "key");
        client.send("id", new Letter("Bob", 1), "letters", "another key");
        post.gate.countDown();

        assertThat(run.getResult()).containsExactly("Ada", "Bob", "nobody");
    }

    @Test
    void whatAStepSendsComesOnceHoweverOftenItIsTried() {
        var run = receiver("id", 3);
        dbos.startWorkflow(post::sendInStep, "id").getResult();
        client.send("id", new Letter("last", 1), "letters");
        post.gate.countDown();

        assertThat(run.getResult()).containsExactly("first", "second", "last");
    }

    @Test
    void aMessageToNobodyIsRefused() {
        assertThatThrownBy(() -> client.send("nobody", 1))
                .isInstanceOf(NoSuchWorkflowException.class)
                .hasMessageContaining("nobody");
        assertThatThrownBy(() -> dbos.startWorkflow(post::sendInStep, "nobody").getResult())
                .hasCauseInstanceOf(NoSuchWorkflowException.class);
    }

    @Test
    void thatAMessageWasRefusedIsRecorded() throws Exception {
        dbos.with(WorkflowOptions.id("sender")).startWorkflow(post::send, "later");
        post.reached.await();
        dbos.with(WorkflowOptions.id("later")).enqueueWorkflow("queue", post::receiveWithoutTopic);
        relaunch(new Post());
        post.gate.countDown();

        assertThat(client.retrieveWorkflow("sender", String.class).getResult()).isEqualTo("not sent");
        client.send("later", "end");
    }

    @Test
    void aRecoveredWorkflowSendsAndReceivesNothingTwice() throws Exception {
        receiver("receiver", 2);
        var sender = dbos.with(WorkflowOptions.id("sender")).startWorkflow(post::send, "receiver");
        post.reached.await();
        assertThat(sender.workflowId()).isEqualTo("sender");
        awaitSteps("receiver", 2);
        relaunch(new Post());
        client.send("receiver", new Letter("client", 1), "letters");
        post.gate.countDown();

        assertThat(client.retrieveWorkflow("sender", String.class).getResult()).isEqualTo("sent");
        assertThat(client.retrieveWorkflow("receiver", new TypeRef<List<String>>() {}).getResult())
                .containsExactly("workflow", "client");
    }

    @Test
    void aRecoveredWorkflowWaitsOnlyForWhatIsLeft() throws Exception {
        post.timeout = BRIEFLY;
        receiver("id", 1);
        awaitSteps("id", 1);
        var until = Long.parseLong(outputs("id").getFirst().replaceAll("\\D", ""));
        var next = new Post(); // which would wait for an hour
        next.gate.countDown();
        relaunch(next);

        assertThat(client.retrieveWorkflow("id", new TypeRef<List<String>>() {}).getResult()).containsExactly("nobody");
        var ended = client.listWorkflowSteps("id").get(1).completedAt();
        assertThat(ended.toEpochMilli()).isGreaterThanOrEqualTo(until - 5);
    }

    @Test
    void aMessageThatCameWhileNobodyRanTheWorkflowIsReceivedAlsoAfterTheDeadline() throws Exception {
        post.timeout = Duration.ofMillis(1_000);
        receiver("id", 1);
        awaitSteps("id", 1);
        var until = Instant.ofEpochMilli(Long.parseLong(outputs("id").getFirst().replaceAll("\\D", "")));
        client.close();
        dbos.close();
        try (var other = DBOSRuntime.create(DBOSConfig.named("other").databaseUrl(url).shutdownHook(false)).launch()) {
            other.send("id", new Letter("Ada", 1), "letters");
        }
        while (Instant.now().isBefore(until)) Thread.sleep(10);
        post = new Post();
        post.gate.countDown();
        launch();

        assertThat(client.retrieveWorkflow("id", new TypeRef<List<String>>() {}).getResult()).containsExactly("Ada");
    }

    @Test
    void cancellingEndsTheWaitAndWhatCameIsReceivedAfterAResume() throws Exception {
        var run = receiver("id", 1);
        awaitSteps("id", 1);
        client.cancelWorkflow("id");
        assertThatThrownBy(run::getResult).isInstanceOf(WorkflowCancelledException.class);
        client.send("id", new Letter("Ada", 1), "letters");
        assertThat(client.listWorkflowSteps("id")).hasSize(1);
        post.gate.countDown();
        while (client.getWorkflow("id").executorId() != null) Thread.sleep(5); // it lets go before it is resumed
        client.resumeWorkflow("id");

        assertThat(run.getResult()).containsExactly("Ada");
    }

    @Test
    void aWorkflowThatHasEndedAcceptsMessages() {
        post.timeout = Duration.ZERO;
        post.gate.countDown();
        receiver("id", 1).getResult();

        client.send("id", new Letter("too late", 1), "letters");
        assertThat(client.listWorkflowSteps("id")).hasSize(2);
    }

    @Test
    void anotherTopicThanTheRecordedOneIsNoticed() throws Exception {
        dbos.with(WorkflowOptions.id("id")).startWorkflow(post::receive, 1);
        client.send("id", new Letter("Ada", 1), "letters");
        post.reached.await();
        var changed = new Post();
        changed.topic = "bills";
        relaunch(changed);

        assertThatThrownBy(() -> client.retrieveWorkflow("id", new TypeRef<List<String>>() {}).getResult())
                .hasCauseInstanceOf(NonDeterministicWorkflowException.class)
                .hasMessageContaining("letters")
                .hasMessageContaining("bills");
    }

    @Test
    void aClientSendsInStepsAndNotBetweenThem() {
        var run = receiver("id", 1);
        assertThatThrownBy(() -> dbos.startWorkflow(post::sendAsAClient, "id").getResult())
                .hasRootCauseInstanceOf(MisuseException.class)
                .hasMessageContaining("wrap it in DBOS.runStep");
        dbos.startWorkflow(post::sendAsAClientInStep, "id").getResult();
        post.gate.countDown();

        assertThat(run.getResult()).containsExactly("client in a step");
    }

    @Test
    void eachCallStandsWhereItBelongs() {
        assertThatThrownBy(() -> DBOS.recv(String.class, Duration.ZERO)).isInstanceOf(MisuseException.class);
        assertThatThrownBy(() -> dbos.startWorkflow(post::inStep).getResult())
                .hasRootCauseInstanceOf(MisuseException.class);
        assertRefused(() -> client.send("id", null), "null");
        assertRefused(() -> client.send("id", 1, " "), "topic");
        assertRefused(() -> client.send("id", 1, "t", ""), "key");
    }

    private static void assertRefused(ThrowingCallable call, String because) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(because);
    }
}
