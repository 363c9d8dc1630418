package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.exceptions.QueueFullException;
import dev.dbosj.workflow.BatchItem;
import dev.dbosj.workflow.BatchOptions;
import dev.dbosj.workflow.Step;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What docs/QUEUES.md shows is what is compiled here, and it runs. */
@Timeout(30)
class QueuesPageTest {
    private static final Path SOURCE = Path.of("src/test/java/dev/dbosj/QueuesPageTest.java");
    private static final Path PAGE = Path.of("../docs/QUEUES.md");

    record Page(String host, String path) {}

    interface Model {
        List<float[]> embed(List<String> texts);
    }

    static class Office {
        final Model model = texts -> texts.stream().map(text -> new float[] {text.length()}).toList();
        final ConcurrentLinkedQueue<Object> done = new ConcurrentLinkedQueue<>();

        @Workflow
        String send(String customer) {
            done.add(customer);
            return customer;
        }

        @Workflow
        Page scrape(Page page) {
            done.add(page);
            return page;
        }

        void sendAll(DBOSRuntime dbos, List<String> customers) {
            // tag::limits[]
            dbos.registerQueue(WorkflowQueue.named("mails").workerConcurrency(10).rateLimit(50, Duration.ofSeconds(1)));
            dbos.enqueueAll("mails", this::send, customers);
            // end::limits[]
        }

        void scrapeAll(DBOSRuntime dbos, List<Page> pages) {
            // tag::partitions[]
            dbos.registerQueue(WorkflowQueue.named("pages")
                    .workerConcurrency(50)
                    .partitionConcurrency(2)
                    .partitionRateLimit(10, Duration.ofMinutes(1)));
            for (var page : pages)
                dbos.with(WorkflowOptions.defaults().partitionKey(page.host())).enqueueWorkflow("pages", this::scrape, page);
            // end::partitions[]
        }

        void age(DBOSRuntime dbos) {
            // tag::aging[]
            dbos.registerQueue(WorkflowQueue.named("reports").priorityAging(Duration.ofSeconds(30)));
            // end::aging[]
        }

        void upload(DBOSRuntime dbos, String customer) {
            // tag::bounds[]
            dbos.registerQueue(WorkflowQueue.named("uploads").maxDepth(1_000));
            try {
                dbos.enqueueWorkflow("uploads", this::send, customer);
            } catch (QueueFullException full) {
                answer("try again in " + full.suggestedWait().toSeconds() + " s, " + full.depth() + " are before you");
            }
            dbos.registerQueue(WorkflowQueue.named("imports").maxDepth(1_000, Duration.ofMinutes(5))); // waits up to so long
            // end::bounds[]
        }

        private void answer(String text) {
            done.add(text);
        }

        WorkflowHandle<String> invoice(DBOSRuntime dbos, String customer) {
            // tag::deduplication[]
            var options = WorkflowOptions.defaults().deduplicationId("invoice-" + customer);
            var handle = dbos.with(options).enqueueWorkflow("mails", this::send, customer);
            // end::deduplication[]
            return handle;
        }

        void change(DBOSRuntime dbos, Page page) {
            // tag::debounce[]
            var options = WorkflowOptions.defaults().debounce("index-" + page.host(), Duration.ofSeconds(5), Duration.ofMinutes(1));
            dbos.with(options).enqueueWorkflow("pages", this::scrape, page);
            // end::debounce[]
        }

        DBOSConfig ofMails() {
            // tag::listen[]
            var config = DBOSConfig.named("office").listenQueues("mails", "reports");
            // end::listen[]
            return config;
        }

        void remind(DBOSRuntime dbos, String reminder, Instant newYear) {
            // tag::delay[]
            dbos.with(WorkflowOptions.defaults().delay(Duration.ofHours(1))).enqueueWorkflow("mails", this::send, reminder);
            dbos.with(WorkflowOptions.defaults().startAt(newYear)).enqueueWorkflow("mails", this::send, reminder);
            // end::delay[]
        }

        // tag::batches[]
        @Workflow
        float[] embed(String text) {
            return DBOS.runStep(BatchOptions.upTo(100).within(Duration.ofMillis(50)), this::embedAll, text);
        }

        @Step(maxAttempts = 3)
        void embedAll(List<BatchItem<String, float[]>> items) {
            var vectors = model.embed(items.stream().map(BatchItem::value).toList()); // one call for all of them
            for (int i = 0; i < items.size(); i++) {
                if (vectors.get(i) == null) items.get(i).fail(new IllegalArgumentException("too long"));
                else items.get(i).complete(vectors.get(i));
            }
        }
        // end::batches[]

        boolean stop(DBOSClient client) {
            // tag::states[]
            client.pauseQueue("mails"); // nothing is started; what runs goes on, and what is enqueued waits
            client.resumeQueue("mails");
            boolean empty = client.drainQueue("mails", Duration.ofMinutes(5)); // takes nothing more, and waits for the end
            // end::states[]
            return empty;
        }
    }

    @Test
    void thePageShowsWhatIsCompiled() throws IOException {
        var source = Files.readString(SOURCE);
        var regions = Stream.of(
                        "limits", "partitions", "aging", "bounds", "deduplication", "delay", "debounce", "batches", "listen", "states")
                .map(tag -> region(source, tag))
                .toList();
        var shown = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE)).results()
                .map((MatchResult block) -> block.group(1)).toList();

        assertThat(shown).isEqualTo(regions);
    }

    private static String region(String source, String tag) {
        var region = source.substring(source.indexOf("// tag::" + tag), source.indexOf("// end::" + tag));
        return region.substring(region.indexOf('\n') + 1).stripTrailing().stripIndent() + "\n";
    }

    @Test
    void whatThePageShowsDoesWhatItSays() {
        var office = new Office();
        var config = DBOSConfig.named("office").databaseUrl("memory:").shutdownHook(false);
        try (var dbos = DBOS.launch(config, office)) {
            office.age(dbos);
            office.sendAll(dbos, List.of("Ada", "Grace"));
            assertThat(office.stop(dbos)).isTrue();
            assertThat(office.done).containsExactlyInAnyOrder("Ada", "Grace");
            dbos.resumeQueue("mails");
            office.remind(dbos, "Ada", Instant.now().plusSeconds(3600));
            assertThat(dbos.listWorkflows(WorkflowFilter.all().states(WorkflowState.DELAYED))).hasSize(2);
            office.upload(dbos, "Alan");
            assertThat(office.invoice(dbos, "Kurt").getResult(Duration.ofSeconds(20))).isEqualTo("Kurt");
            assertThat(office.ofMails().listenQueues()).containsExactlyInAnyOrder("mails", "reports");

            assertThat(dbos.enqueueWorkflow("mails", office::embed, "four").getResult(Duration.ofSeconds(20))).containsExactly(4);

            office.scrapeAll(dbos, List.of(new Page("a", "1"), new Page("a", "2"), new Page("b", "3")));
            assertThat(dbos.drainQueue("pages", Duration.ofSeconds(20))).isTrue();
            assertThat(office.done).contains(new Page("a", "2"), new Page("b", "3"), "Alan");
            dbos.resumeQueue("pages");
            office.change(dbos, new Page("a", "1"));
            office.change(dbos, new Page("a", "2"));
            assertThat(dbos.listWorkflows(WorkflowFilter.all().states(WorkflowState.DELAYED))).hasSize(3);
        }
    }
}
