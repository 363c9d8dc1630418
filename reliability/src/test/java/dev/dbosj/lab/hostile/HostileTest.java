package dev.dbosj.lab.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSClient;
import dev.dbosj.DBOSConfig;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.exceptions.NoSuchWorkflowException;
import dev.dbosj.exceptions.WorkflowFailedException;
import dev.dbosj.hostile.HostileTexts;
import dev.dbosj.postgres.LabPostgres;
import dev.dbosj.postgres.PostgresServer;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every text comes back from every door as it was, finds itself and nothing else, and does nothing; or it is refused. */
@Tag("T11")
@Timeout(180)
class HostileTest {
    private static final boolean LONG = "true".equals(System.getenv("CI")) || System.getProperty("dbosj.seconds") != null;
    private static final long SEED = Long.getLong("dbosj.seed", System.nanoTime() % 1_000_000);
    private static final String QUEUE = "queue";
    private static final String PREFIX = "id ";
    private static final List<String> API_DOORS = List.of(
            "id", "name", "queue", "argument", "result", "event key", "event value", "topic", "message", "idempotency key", "step",
            "step result", "error", "child id", "id prefix", "name filter", "queue filter", "parent filter", "unknown id");

    @TempDir
    Path folder;

    /** Takes a text through all doors that a workflow has. */
    static final class Echo {
        @Workflow
        String echo(String text) {
            DBOS.setEvent(text, text);
            var step = DBOS.runStep(text, () -> text);
            var child = DBOS.with(WorkflowOptions.id(childId(text))).startWorkflow(this::child, text);
            var message = DBOS.recv(text, String.class, Duration.ofMinutes(1)).orElse("nothing");
            return Set.copyOf(List.of(step, child.getResult(), message)).equals(Set.of(text)) ? text : step + message;
        }

        @Workflow
        String child(String text) {
            return text;
        }

        @Workflow
        String fails(String text) {
            throw new IllegalStateException(text);
        }
    }

    private static String childId(String text) {
        return text.length() > 200 ? "c" + text.substring(1) : "child " + text;
    }

    private static String id(String text) {
        return text.length() > 200 ? text : PREFIX + text;
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "sqlite", "postgres"})
    void theApiTakesEveryTextForATextOrRefusesIt(String store) throws SQLException {
        var url = url(store);
        var config = DBOSConfig.named("hostile").databaseUrl(url).shutdownHook(false).pollInterval(Duration.ofMillis(20));
        int inputs = 0;
        try (var dbos = DBOS.launch(config, new Echo())) {
            dbos.registerQueue(WorkflowQueue.named(QUEUE));
            var before = schema(url);
            var texts = texts(store.equals("memory"));
            for (var text : texts) begin(dbos, text);
            for (var text : texts) check(dbos, text);
            checkFilters(dbos, texts);
            for (var text : HostileTexts.refused()) refuse(dbos, text);
            inputs = texts.size() + HostileTexts.refused().size();
            assertThat(schema(url)).isEqualTo(before);
        }
        System.out.printf("HOSTILE api on %s, inputs %d, doors %d, injected 0%n", store, inputs, API_DOORS.size());
    }

    /** All; in the short form a third, another one each time, where each costs a write to the disk. */
    private static List<String> texts(boolean cheap) {
        var all = HostileTexts.storable();
        int third = (int) (SEED % 3);
        return cheap || LONG ? all : IntStream.range(0, all.size()).filter(i -> i % 3 == third).mapToObj(all::get).toList();
    }

    private String url(String store) {
        return switch (store) {
            case "memory" -> "memory:" + UUID.randomUUID();
            case "sqlite" -> "sqlite:" + folder.resolve("hostile.db");
            default -> PostgresServer.freshDatabase();
        };
    }

    private static void begin(DBOSClient dbos, String text) {
        dbos.enqueue(WorkflowOptions.id(id(text)), QUEUE, "echo", text);
        dbos.send(id(text), text, text, text);
        dbos.send(id(text), "a repeat", text, text);
        dbos.enqueue(WorkflowOptions.id("f" + id(text).substring(1)), QUEUE, "fails", text);
        dbos.registerQueue(WorkflowQueue.named(text));
        dbos.enqueue(WorkflowOptions.id("n" + id(text).substring(1)), text, text, text); // nobody knows it
    }

    private static void check(DBOSClient dbos, String text) {
        assertThat(dbos.retrieveWorkflow(id(text), String.class).getResult()).as("result").isEqualTo(text);
        assertThat(dbos.getWorkflow(id(text)).workflowId()).isEqualTo(id(text));
        assertThat(dbos.getEvents(id(text)).keySet()).containsExactly(text);
        assertThat(dbos.getEvent(id(text), text, String.class, Duration.ZERO)).contains(text);
        assertThat(dbos.getEvents(List.of(id(text)), text, String.class)).isEqualTo(Map.of(id(text), text));
        assertThat(dbos.listWorkflowSteps(id(text)).stream().map(step -> step.name())).contains(text);
        assertThat(dbos.getWorkflow(childId(text)).parentId()).isEqualTo(id(text));
        var unserved = dbos.getWorkflow("n" + id(text).substring(1));
        assertThat(List.of(unserved.name(), unserved.queueName())).containsExactly(text, text);
        assertThat(unserved.status()).isEqualTo(WorkflowState.ENQUEUED);
        assertThatThrownBy(() -> dbos.retrieveWorkflow("f" + id(text).substring(1), String.class).getResult())
                .isInstanceOf(WorkflowFailedException.class)
                .hasRootCauseMessage(text);
        var unknown = "?" + (text.length() < 255 ? text : text.substring(1));
        assertThatThrownBy(() -> dbos.cancelWorkflow(unknown)).isInstanceOf(NoSuchWorkflowException.class);
        assertThatThrownBy(() -> dbos.resumeWorkflow(unknown)).isInstanceOf(NoSuchWorkflowException.class);
        assertThatThrownBy(() -> dbos.getWorkflow(unknown)).isInstanceOf(NoSuchWorkflowException.class);
    }

    /** Each filter finds what a comparison of texts finds. */
    private static void checkFilters(DBOSClient dbos, List<String> texts) {
        var all = dbos.listWorkflows(WorkflowFilter.all().limit(100_000));
        assertThat(all).hasSize(4 * texts.size());
        for (var text : texts) {
            for (var prefix : List.of(id(text), text))
                assertThat(ids(dbos, WorkflowFilter.all().idPrefix(prefix)))
                        .as("ids that begin with %s", prefix)
                        .isEqualTo(all.stream().map(WorkflowStatus::workflowId).filter(id -> id.startsWith(prefix)).collect(sorted()));
            assertThat(ids(dbos, WorkflowFilter.all().name(text))).containsExactly("n" + id(text).substring(1));
            assertThat(ids(dbos, WorkflowFilter.all().queueName(text))).containsExactly("n" + id(text).substring(1));
            assertThat(ids(dbos, WorkflowFilter.all().parentId(id(text)))).containsExactly(childId(text));
            assertThat(ids(dbos, WorkflowFilter.all().parentId("?" + text))).isEmpty();
        }
        assertThat(dbos.listQueues().stream().map(WorkflowQueue::name)).containsAll(texts).hasSize(texts.size() + 1);
    }

    private static Collector<String, ?, TreeSet<String>> sorted() {
        return Collectors.toCollection(TreeSet::new);
    }

    private static TreeSet<String> ids(DBOSClient dbos, WorkflowFilter filter) {
        return dbos.listWorkflows(filter.limit(100_000)).stream().map(WorkflowStatus::workflowId).collect(sorted());
    }

    private static void refuse(DBOSRuntime dbos, String text) {
        var known = id("a");
        for (Runnable call : List.<Runnable>of(
                () -> WorkflowOptions.id(text),
                () -> WorkflowQueue.named(text),
                () -> dbos.enqueue(QUEUE, text),
                () -> dbos.enqueue(text, "echo", "x"),
                () -> dbos.getWorkflow(text),
                () -> dbos.send(known, "x", text),
                () -> dbos.send(known, "x", null, text),
                () -> dbos.send(text, "x"),
                () -> dbos.getEvent(known, text, String.class, Duration.ZERO)))
            assertThatThrownBy(call::run).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> dbos.cancelWorkflow(text)).isInstanceOfAny(IllegalArgumentException.class, NoSuchWorkflowException.class);
        assertThatThrownBy(() -> dbos.resumeWorkflow(text)).isInstanceOfAny(IllegalArgumentException.class, NoSuchWorkflowException.class);
        var filters = WorkflowFilter.all();
        assertThat(findsNothing(dbos, () -> filters.name(text))).isTrue();
        assertThat(findsNothing(dbos, () -> filters.queueName(text))).isTrue();
        assertThat(findsNothing(dbos, () -> filters.parentId(text))).isTrue();
        if (!text.isEmpty()) assertThat(findsNothing(dbos, () -> filters.idPrefix(text))).isTrue(); // as every id begins
    }

    private static boolean findsNothing(DBOSClient dbos, Supplier<WorkflowFilter> filter) {
        try {
            return dbos.listWorkflows(filter.get()).isEmpty();
        } catch (IllegalArgumentException refusal) {
            return true;
        }
    }

    @Test
    void theSqlFunctionsTakeEveryTextForATextOrRefuseIt() throws SQLException {
        var url = PostgresServer.freshDatabase();
        var config = DBOSConfig.named("hostile").databaseUrl(url).shutdownHook(false).pollInterval(Duration.ofMillis(20));
        var texts = texts(false);
        try (var dbos = DBOS.launch(config, new Echo()); var sql = connect(url)) {
            dbos.registerQueue(WorkflowQueue.named(QUEUE));
            for (var text : texts) dbos.registerQueue(WorkflowQueue.named(text));
            var before = schema(url);
            for (var text : texts) {
                call(sql, "select dbosj.enqueue_workflow('echo', ?, array[to_json(?::text)], ?)", QUEUE, text, id(text));
                call(sql, "select dbosj.send_message(?, to_json(?::text), ?, ?)", id(text), text, text, text);
                call(sql, "select dbosj.enqueue_workflow(?, ?, array[to_json(?::text)], ?)", text, text, text, "n" + id(text).substring(1));
            }
            for (var text : texts) {
                assertThat(dbos.retrieveWorkflow(id(text), String.class).getResult()).isEqualTo(text);
                assertThat(dbos.getWorkflow("n" + id(text).substring(1)).name()).isEqualTo(text);
            }
            for (var text : HostileTexts.refused()) {
                if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) continue; // the driver sends something else
                assertThatThrownBy(() -> call(sql, "select dbosj.enqueue_workflow(?, 'queue')", text)).isInstanceOf(SQLException.class);
                assertThatThrownBy(() -> call(sql, "select dbosj.enqueue_workflow('echo', ?)", text)).isInstanceOf(SQLException.class);
                assertThatThrownBy(() -> call(sql, "select dbosj.enqueue_workflow('echo', 'queue', '{}', ?)", text))
                        .isInstanceOf(SQLException.class);
                assertThatThrownBy(() -> call(sql, "select dbosj.send_message(?, '1', ?)", id("a"), text)).isInstanceOf(SQLException.class);
            }
            assertThat(schema(url)).isEqualTo(before);
        }
        System.out.printf("HOSTILE sql functions, inputs %d, doors 8, injected 0%n", texts.size() + HostileTexts.refused().size());
    }

    /** A query that is put together of texts is what this test is to find. */
    @Test
    @Tag("canary")
    void aStatementMadeOfTextsIsNoticed() throws SQLException {
        int noticed = 0;
        try (var sql = connect("sqlite:" + folder.resolve("canary.db")); var statement = sql.createStatement()) {
            statement.execute("create table workflow_status (id text)");
            for (var text : HostileTexts.storable()) {
                try (var rows = statement.executeQuery("select '" + text + "' where 'x' like '" + text + "%'")) {
                    if (rows.next() != "x".startsWith(text)) noticed++;
                } catch (SQLException failure) {
                    noticed++;
                }
            }
        }
        assertThat(noticed).isGreaterThan(10);
        System.out.printf("HOSTILE canary statement of texts caught by inputs %d%n", noticed);
    }

    private static void call(Connection sql, String function, String... texts) throws SQLException {
        try (var statement = sql.prepareStatement(function)) {
            for (int i = 0; i < texts.length; i++) statement.setString(i + 1, texts[i]);
            statement.execute();
        }
    }

    private static Connection connect(String url) throws SQLException {
        return DriverManager.getConnection(url.startsWith("postgresql:") ? LabPostgres.jdbc(url) : "jdbc:" + url);
    }

    /** All tables with their columns, and functions; empty for the memory store. */
    private static List<String> schema(String url) throws SQLException {
        if (url.startsWith("memory:")) return List.of();
        var query = url.startsWith("sqlite:")
                ? "select type || name || coalesce(sql, '') from sqlite_master order by 1"
                : """
                    select table_name || column_name || data_type from information_schema.columns where table_schema = 'dbosj'
                    union all select routine_name || coalesce(routine_definition, '') from information_schema.routines
                    where routine_schema = 'dbosj' order by 1
                    """;
        var found = new ArrayList<String>();
        try (var sql = connect(url); var statement = sql.createStatement(); var rows = statement.executeQuery(query)) {
            while (rows.next()) found.add(rows.getString(1));
        }
        assertThat(found).hasSizeGreaterThan(5);
        return found;
    }
}
