package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.WorkflowFailedException;
import dev.dbosj.workflow.RateLimit;
import dev.dbosj.workflow.Redrive;
import dev.dbosj.workflow.RetryPolicy;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What docs/DEAD-LETTERS.md shows is what is compiled here, and it runs. */
@Timeout(30)
class DeadLettersPageTest {
    private static final Path SOURCE = Path.of("src/test/java/dev/dbosj/DeadLettersPageTest.java");
    private static final Path PAGE = Path.of("../docs/DEAD-LETTERS.md");

    record Order(String id) {}

    record Receipt(String orderId) {}

    static class CardDeclined extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    static class Shop {
        final ConcurrentLinkedQueue<Object> done = new ConcurrentLinkedQueue<>();

        void define(DBOSRuntime dbos) {
            // tag::policy[]
            dbos.registerQueue(WorkflowQueue.named("orders")
                    .retries(RetryPolicy.attempts(5)
                            .interval(Duration.ofSeconds(10))
                            .abortOn(IllegalArgumentException.class)));
            // end::policy[]
        }

        // tag::own[]
        @Workflow(maxAttempts = 3, intervalSeconds = 30, abortOn = CardDeclined.class)
        Receipt charge(Order order) {
            // end::own[]
            done.add(order);
            throw new CardDeclined();
        }

        void defineRenders(DBOSRuntime dbos) {
            // tag::timeout[]
            dbos.registerQueue(WorkflowQueue.named("renders")
                    .attemptTimeout(Duration.ofMinutes(10))
                    .retries(RetryPolicy.attempts(3)));
            // end::timeout[]
        }

        @Workflow
        void film(List<String> frames) {
            // tag::extend[]
            DBOS.runStep("render", () -> {
                for (var frame : frames) {
                    render(frame);
                    DBOS.extendAttempt(Duration.ofMinutes(10));
                }
            });
            // end::extend[]
        }

        private void render(String frame) {
            done.add(frame);
        }

        @Workflow
        String order(String text) {
            if (text.equals("wrong")) throw new IllegalArgumentException(text);
            done.add(text);
            return text;
        }

        void list(DBOSClient client) {
            // tag::list[]
            for (var dead : client.listWorkflows(WorkflowFilter.all().states(WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED)))
                for (var attempt : client.listWorkflowAttempts(dead.workflowId()))
                    System.out.println(dead.workflowId() + " attempt " + attempt.number() + ": " + attempt.error());
            // end::list[]
        }

        void redrive(DBOSClient client) {
            // tag::redrive[]
            client.redriveWorkflow("order-17");
            client.redriveWorkflow("order-18", Redrive.asItIs().fromStep(0).arguments("corrected"));
            client.redriveWorkflows(WorkflowFilter.all().queueName("orders").limit(10_000), new RateLimit(50, Duration.ofSeconds(1)));
            // end::redrive[]
        }

        void purge(DBOSClient client) {
            // tag::purge[]
            client.purgeWorkflow("order-19");
            client.purgeWorkflows(WorkflowFilter.all().queueName("orders"));
            // end::purge[]
        }
    }

    @Test
    void thePageShowsWhatIsCompiled() throws IOException {
        var source = Files.readString(SOURCE);
        var regions = List.of("policy", "own", "timeout", "extend", "list", "redrive", "purge").stream()
                .map(tag -> region(source, tag))
                .toList();
        var shown = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE)).results()
                .map((MatchResult block) -> block.group(1)).toList();

        assertThat(shown).isEqualTo(regions);
    }

    private static String region(String source, String tag) {
        var region = source.substring(source.indexOf("// tag::" + tag + "["), source.indexOf("// end::" + tag + "["));
        return region.substring(region.indexOf('\n') + 1).stripTrailing().stripIndent() + "\n";
    }

    @Test
    void whatThePageShowsDoesWhatItSays() {
        var shop = new Shop();
        var config = DBOSConfig.named("shop").databaseUrl("memory:").shutdownHook(false);
        try (var dbos = DBOS.launch(config, shop)) {
            shop.define(dbos);
            shop.defineRenders(dbos);
            dbos.enqueueWorkflow("renders", shop::film, List.of("first", "second")).getResult();
            assertThat(shop.done).containsExactly("first", "second");

            var charged = dbos.startWorkflow(shop::charge, new Order("1"));
            assertThatThrownBy(charged::getResult).isInstanceOf(WorkflowFailedException.class).hasMessageContaining("dead letter");
            assertThat(shop.done).contains(new Order("1")).hasSize(3);

            for (var id : List.of("order-17", "order-18", "order-19")) {
                var order = dbos.with(WorkflowOptions.id(id)).enqueueWorkflow("orders", shop::order, "wrong");
                assertThatThrownBy(order::getResult).hasMessageContaining("dead letter");
            }
            shop.list(dbos);
            shop.redrive(dbos);
            while (dbos.getWorkflow("order-18").status() != WorkflowState.SUCCESS) Thread.onSpinWait();
            assertThat(shop.done).contains("corrected");
            assertThat(dbos.drainQueue("orders", Duration.ofSeconds(20))).isTrue();
            shop.purge(dbos);
            assertThat(dbos.listWorkflows(WorkflowFilter.all().queueName("orders"))).extracting("workflowId").containsExactly("order-18");
        }
    }
}
