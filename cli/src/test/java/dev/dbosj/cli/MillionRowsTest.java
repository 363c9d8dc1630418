package dev.dbosj.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.postgres.PostgresProvider;
import dev.dbosj.postgres.PostgresServer;
import dev.dbosj.sqlite.SqliteProvider;
import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.Owner;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.time.Time;
import dev.dbosj.workflow.WorkflowState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long a person waits at a database of a million workflows: {@code -Ddbosj.rows=1000000}. One in 50,000 has failed,
 * one in twenty waits.
 */
@EnabledIfSystemProperty(named = "dbosj.rows", matches = "\\d+")
class MillionRowsTest {
    private static final int ROWS = Integer.getInteger("dbosj.rows", 0);
    private static final int BATCH = 5_000;
    private static final Duration MOST = Duration.ofSeconds(1);
    private static final String[][] QUESTIONS = {
        {"workflow", "list"},
        {"workflow", "list", "--status", "ERROR"},
        {"workflow", "list", "--status", "ERROR", "--since", "1h"},
        {"workflow", "list", "--since", "1d", "--until", "1h"},
        {"workflow", "list", "--status", "ENQUEUED", "--oldest-first"},
        {"workflow", "list", "--status", "PENDING"},
        {"workflow", "list", "--name", "nothing"},
        {"workflow", "list", "--queue", "orders", "--limit", "1000", "-o", "json"},
        {"workflow", "list", "--after", "w-" + ROWS / 2},
        {"queue", "list"},
        {"stats"},
        {"check", "--max-lag", "1d"},
        {"doctor"},
    };

    @Test
    void onSqlite(@TempDir Path folder) {
        var url = "sqlite:" + folder.resolve("million.db");
        try (var database = new SqliteProvider().open(url, Time.system())) {
            fill(database);
        }
        ask("sqlite", url);
    }

    @Test
    void onPostgres() {
        var url = PostgresServer.freshDatabase();
        try (var database = new PostgresProvider().open(url, Time.system())) {
            fill(database);
        }
        PostgresServer.execute(url, "vacuum analyze"); // as the server does by itself within a minute
        ask("postgres", url);
    }

    private static void ask(String store, String url) {
        var cli = new Cli().now().database(url);
        cli.run("workflow", "list");
        var slow = new ArrayList<String>();
        for (var question : QUESTIONS) {
            long start = System.nanoTime();
            var result = cli.run(question);
            var took = Duration.ofNanos(System.nanoTime() - start);
            System.out.printf("MILLION %s %s, rows %d, milliseconds %d%n",
                    store, String.join(" ", question), ROWS, took.toMillis());
            assertThat(result.err()).as(String.join(" ", question)).doesNotContain("dbos-cli:");
            if (took.compareTo(MOST) >= 0) slow.add(String.join(" ", question) + ": " + took);
        }
        assertThat(slow).isEmpty();
    }

    private static void fill(SystemDatabase database) {
        database.migrate();
        database.join(new ExecutorInfo("e", "orders", Set.of("ship"), Duration.ofDays(1), Instant.EPOCH, false));
        for (int first = 0; first < ROWS; first += BATCH) {
            var inserts = new ArrayList<NewWorkflow>();
            var ends = new ArrayList<Command>();
            for (int i = first; i < Math.min(ROWS, first + BATCH); i++) {
                boolean waits = i % 20 == 0;
                var workflow = new NewWorkflow("w-" + i, i, "ship", "orders", 0,
                        "{\"positionalArgs\":[\"" + "parcel ".repeat(20) + i + "\"]}", null, waits ? null : "e");
                inserts.add(workflow);
                if (!waits && i % 50_000 != 2) ends.add(new Command(new Owner("w-" + i, 1), null, end(i)));
            }
            database.apply(List.of(new Command(null, null, new Effect.Insert(inserts, true))));
            database.apply(ends);
        }
    }

    private static Effect end(int i) {
        return i % 50_000 == 1
                ? new Effect.Finish(WorkflowState.ERROR, null, "{\"name\":\"java.io.IOException\",\"message\":\"no stock\"}")
                : new Effect.Finish(WorkflowState.SUCCESS, "\"sent\"", null);
    }
}
