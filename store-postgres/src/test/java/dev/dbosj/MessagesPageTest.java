package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.postgres.PostgresServer;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowQueue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What docs/MESSAGES.md shows is what is compiled here, and its SQL is run as it stands. */
@Timeout(30)
class MessagesPageTest {
    private static final Path SOURCE = Path.of("src/test/java/dev/dbosj/MessagesPageTest.java");
    private static final Path PAGE = Path.of("../docs/MESSAGES.md");

    record Answer(boolean approved, String by) {}

    static class Refunds {
        final List<String> ledger = new CopyOnWriteArrayList<>();

        // tag::workflow[]
        @Workflow
        String refund(String order, long cents) {
            var question = "Refund %d cents for %s? Answer to %s".formatted(cents, order, DBOS.workflowId());
            DBOS.runStep("ask", () -> mail(question));
            var answer = DBOS.recv("approval", Answer.class, Duration.ofDays(7));
            if (answer.isEmpty()) return "nobody answered";
            if (!answer.get().approved()) return "refused by " + answer.get().by();
            DBOS.runStep("pay back", () -> payBack(order, cents));
            return "approved by " + answer.get().by();
        }
        // end::workflow[]

        void mail(String text) {
            ledger.add(text);
        }

        void payBack(String order, long cents) {
            ledger.add("%d cents for %s".formatted(cents, order));
        }
    }

    private static void answer(DBOSClient client, String workflowId) {
        // tag::answer[]
        client.send(workflowId, new Answer(true, "Ada"), "approval");
        // end::answer[]
    }

    @Test
    void thePageShowsWhatIsCompiled() throws IOException {
        var page = Files.readString(PAGE);
        for (var tag : List.of("workflow", "answer")) assertThat(page).contains("```java\n" + region(tag) + "```");
    }

    private static String region(String tag) throws IOException {
        var source = Files.readString(SOURCE);
        var region = source.substring(source.indexOf("// tag::" + tag), source.indexOf("// end::" + tag));
        return region.substring(region.indexOf('\n') + 1).stripTrailing().stripIndent() + "\n";
    }

    @Test
    void itsSqlDoesWhatItSays() throws IOException {
        var url = PostgresServer.freshDatabase();
        var refunds = new Refunds();
        var config = DBOSConfig.named("refunds").databaseUrl(url).shutdownHook(false);
        try (var dbos = DBOS.launch(config.pollInterval(Duration.ofMillis(20)), refunds)) {
            dbos.registerQueue(WorkflowQueue.named("refunds"));
            var sql = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE)).results()
                    .map((MatchResult block) -> block.group(1)).toList();
            PostgresServer.execute(
                    url, "do $$ begin create role web; exception when duplicate_object then null; end $$");
            for (var statements : sql) PostgresServer.execute(url, statements);
            assertThat(dbos.retrieveWorkflow("refund-order-7", String.class).getResult()).isEqualTo("approved by Ada");

            PostgresServer.execute(url, "insert into orders values ('8', 5); update orders set refund_wanted = true");
            answer(dbos, "refund-8");
            assertThat(dbos.retrieveWorkflow("refund-8", String.class).getResult()).isEqualTo("approved by Ada");
        }
        assertThat(refunds.ledger).contains("1999 cents for order-7", "5 cents for 8");
    }
}
