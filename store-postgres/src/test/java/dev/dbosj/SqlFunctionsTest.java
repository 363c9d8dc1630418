package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.QueueFullException;
import dev.dbosj.postgres.PostgresServer;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** Workflows and messages by SQL alone, from another connection, for workers that are written in Java. */
@Timeout(30)
class SqlFunctionsTest {
    private final String url = PostgresServer.freshDatabase();
    private final Work work = new Work();
    private DBOSRuntime dbos;
    private Connection sql;

    record Order(String item, int count, List<String> notes) {}

    record Answer(boolean approved, String by) {}

    static class Work {
        final List<String> begun = new CopyOnWriteArrayList<>();
        final CountDownLatch gate = new CountDownLatch(1);

        @Workflow
        String ship(Order order, String to, Long cents) {
            begun.add(to);
            return "%d %s %s to %s for %s".formatted(order.count(), order.item(), order.notes(), to, cents);
        }

        @Workflow
        String note(String text) {
            begun.add(text);
            return text;
        }

        @Workflow
        String hold() throws InterruptedException {
            DBOS.runStep("gate", () -> gate.await());
            return "let go";
        }

        @Workflow
        String decide() {
            var answer = DBOS.recv("approval", Answer.class, Duration.ofMinutes(5)).orElseThrow();
            var note = DBOS.recv(String.class, Duration.ofMillis(1)).orElse("nothing else");
            return answer + ", " + note;
        }
    }

    @BeforeEach
    void launch() throws SQLException {
        launch(Duration.ofMillis(20));
        sql = connect("postgres");
    }

    private void launch(Duration pollInterval) {
        dbos = DBOSRuntime.create(DBOSConfig.named("sql").databaseUrl(url).shutdownHook(false)
                .shutdownGrace(Duration.ZERO).pollInterval(pollInterval)).register(work);
        dbos.registerQueue(WorkflowQueue.named("queue"));
        dbos.registerQueue(WorkflowQueue.named("one").concurrency(1));
        dbos.launch();
    }

    @AfterEach
    void close() throws SQLException {
        work.gate.countDown();
        dbos.close();
        sql.close();
    }

    private Connection connect(String user) throws SQLException {
        return DriverManager.getConnection("jdbc:" + url.replaceFirst("//[^@/]*@", "//"), user, "p");
    }

    private String call(String query) throws SQLException {
        return call(sql, query);
    }

    private static String call(Connection connection, String query) throws SQLException {
        try (var statement = connection.createStatement(); var row = statement.executeQuery(query)) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }

    private void execute(String statement) throws SQLException {
        try (var any = sql.createStatement()) {
            any.execute(statement);
        }
    }

    private String result(String workflowId) {
        return dbos.retrieveWorkflow(workflowId, String.class).getResult();
    }

    // ---- workflows --------------------------------------------------------------------------------------------------

    @Test
    void aWorkflowThatIsEnqueuedBySqlIsRunByAJavaWorker() throws SQLException {
        var id = call("""
                select dbosj.enqueue_workflow('ship', 'queue', array[
                    '{"item": "book", "count": 3, "notes": ["a, b", "ü \\u00fc"]}',
                    to_json('Köln "Süd"'::text), to_json(1999)]::json[])
                """);

        assertThat(result(id)).isEqualTo("3 book [a, b, ü ü] to Köln \"Süd\" for 1999");
        assertThat(dbos.getWorkflow(id).queueName()).isEqualTo("queue");
    }

    @Test
    void whatIsEnqueuedOnAQueueWithAgingTakesItsPlaceBehindTheOthers() throws SQLException {
        dbos.registerQueue(WorkflowQueue.named("aging").workerConcurrency(1).priorityAging(Duration.ofMinutes(1)));
        dbos.pauseQueue("aging");
        dbos.enqueueWorkflow("aging", work::note, "first");
        var second = call("select dbosj.enqueue_workflow('note', 'aging', array['\"second\"']::json[])");
        dbos.resumeQueue("aging");

        assertThat(dbos.retrieveWorkflow(second, String.class).getResult()).isEqualTo("second");
        assertThat(work.begun).containsExactly("first", "second");
    }

    @Test
    void aQueueThatIsDrainedTakesNothing() {
        dbos.drainQueue("queue", Duration.ZERO);

        assertThatThrownBy(() -> call("select dbosj.enqueue_workflow('hold', 'queue')"))
                .hasMessageContaining("'queue' is drained");
    }

    @Test
    void aFullQueueTakesNoMoreUntilSomethingIsStarted() throws SQLException {
        dbos.registerQueue(WorkflowQueue.named("bounded").maxDepth(2));
        dbos.pauseQueue("bounded");
        var first = call("select dbosj.enqueue_workflow('hold', 'bounded', workflow_id => 'first')");
        dbos.enqueue("bounded", "hold");
        assertThatThrownBy(() -> call("select dbosj.enqueue_workflow('hold', 'bounded')"))
                .hasMessageContaining("'bounded' is full: 2 workflows wait, and 2 may");
        assertThatThrownBy(() -> dbos.enqueue("bounded", "hold")).isInstanceOf(QueueFullException.class);
        assertThat(call("select dbosj.enqueue_workflow('hold', 'bounded', workflow_id => 'first')")).isEqualTo(first);

        work.gate.countDown();
        dbos.resumeQueue("bounded");
        assertThat(result(first)).isEqualTo("let go");
        assertThat(result(call("select dbosj.enqueue_workflow('hold', 'bounded')"))).isEqualTo("let go");
    }

    @Test
    void eachCallIsAnotherWorkflowUnlessItSaysWhich() throws SQLException {
        var first = call("select dbosj.enqueue_workflow('hold', 'queue')");
        var second = call("select dbosj.enqueue_workflow('hold', 'queue')");

        assertThat(first).isNotEqualTo(second);
        assertThat(call("select count(distinct uid) from dbosj.workflow_status")).isEqualTo("2");
        work.gate.countDown();
        assertThat(result(first)).isEqualTo("let go");
        assertThat(result(second)).isEqualTo("let go");
    }

    @Test
    void aMissingArgumentIsNull() throws SQLException {
        var id = call("""
                select dbosj.enqueue_workflow('ship', 'queue', array[
                    '{"item":"book","count":1,"notes":[]}', '"Bonn"', null]::json[])
                """);

        assertThat(result(id)).isEqualTo("1 book [] to Bonn for null");
    }

    @Test
    void anIdThatExistsIsJoinedAndUnderAnotherNameRefused() throws SQLException {
        dbos.with(WorkflowOptions.id("java")).startWorkflow(work::note, "from Java");
        var call = "select dbosj.enqueue_workflow('%s', 'queue', array['\"from SQL\"']::json[], workflow_id => '%s')";

        assertThat(call(call.formatted("note", "java"))).isEqualTo("java");
        assertThat(call(call.formatted("note", "sql"))).isEqualTo("sql");
        assertThat(call(call.formatted("note", "sql"))).isEqualTo("sql");
        assertThat(result("java")).isEqualTo("from Java");
        assertThat(result("sql")).isEqualTo("from SQL");
        assertThat(work.begun).containsExactlyInAnyOrder("from Java", "from SQL");
        assertThatThrownBy(() -> call(call.formatted("hold", "sql")))
                .isInstanceOfSatisfying(
                        SQLException.class, refused -> assertThat(refused.getSQLState()).isEqualTo("23505"))
                .hasMessageContaining("id sql is taken by a workflow named 'note'");
    }

    @Test
    void whatIsRolledBackWasNeverThere() throws SQLException {
        dbos.with(WorkflowOptions.id("decide")).startWorkflow(work::decide);
        sql.setAutoCommit(false);
        call("select dbosj.enqueue_workflow('note', 'queue', array['\"rolled back\"']::json[], 'gone')");
        call("select dbosj.send_message('decide', '{\"approved\":false,\"by\":\"nobody\"}', 'approval')");
        sql.rollback();
        call("select dbosj.enqueue_workflow('note', 'queue', array['\"committed\"']::json[], 'stays')");
        call("select dbosj.send_message('decide', '{\"approved\":true,\"by\":\"Ada\"}', 'approval')");
        sql.commit();

        assertThat(result("stays")).isEqualTo("committed");
        assertThat(result("decide")).startsWith("Answer[approved=true, by=Ada]");
        assertThat(work.begun).containsExactly("committed");
    }

    @Test
    void lowerPrioritiesGoFirst() throws SQLException {
        var blocker = call("select dbosj.enqueue_workflow('hold', 'one')");
        while (dbos.getWorkflow(blocker).status() != WorkflowState.PENDING) Thread.onSpinWait();
        for (int priority : new int[] {5, 0, 7, 5, 1})
            call("select dbosj.enqueue_workflow('note', 'one', array['\"%1$d\"']::json[], priority => %1$d)"
                    .formatted(priority));
        work.gate.countDown();

        while (work.begun.size() < 5) Thread.onSpinWait();
        assertThat(work.begun).containsExactly("0", "1", "5", "5", "7");
    }

    @Test
    void anOpenTransactionHoldsUpOnlyThoseWhoWantTheSameId() throws Exception {
        sql.setAutoCommit(false);
        call("select dbosj.enqueue_workflow('note', 'queue', array['\"SQL was first\"']::json[], 'wanted')");
        var waiting = Thread.startVirtualThread(
                () -> dbos.with(WorkflowOptions.id("wanted")).startWorkflow(work::note, "Java was first"));

        var free = dbos.with(WorkflowOptions.id("free")).startWorkflow(work::note, "free");
        assertThat(free.getResult()).isEqualTo("free");
        assertThat(waiting.isAlive()).isTrue();
        sql.commit();
        waiting.join();
        assertThat(result("wanted")).isEqualTo("SQL was first");
    }

    @Test
    void aTriggerEnqueuesInTheTransactionThatFiresIt() throws SQLException {
        execute("""
                create table orders (id integer primary key, item text);
                create function ship_order() returns trigger language plpgsql as $$
                begin
                    perform dbosj.enqueue_workflow('note', 'queue', array[to_json(new.item)], 'order-' || new.id);
                    return new;
                end
                $$;
                create trigger ship after insert on orders for each row execute function ship_order();
                insert into orders values (1, 'book'), (2, 'pen')
                """);

        assertThat(result("order-1")).isEqualTo("book");
        assertThat(result("order-2")).isEqualTo("pen");
    }

    // ---- messages ---------------------------------------------------------------------------------------------------

    @Test
    void aMessageWakesTheWorkflowThatWaitsForIt() throws SQLException {
        dbos.with(WorkflowOptions.id("id")).startWorkflow(work::decide);
        call("select dbosj.send_message('id', '\"a note\"')");
        call("select dbosj.send_message('id', '{\"approved\": true, \"by\": \"Ada\"}', 'approval')");

        assertThat(result("id")).isEqualTo("Answer[approved=true, by=Ada], a note");
    }

    @Test
    void ofAllMessagesUnderOneKeyTheFirstComesWhereverItIsFrom() throws SQLException {
        dbos.with(WorkflowOptions.id("id")).startWorkflow(work::decide);
        call("select dbosj.send_message('id', '\"from SQL\"', idempotency_key => 'k')");
        dbos.send("id", "from Java", null, "k");
        call("select dbosj.send_message('id', '\"again\"', idempotency_key => 'k')");
        assertThat(call("select count(*) from dbosj.notifications")).isEqualTo("1");
        dbos.send("id", new Answer(false, "Bob"), "approval");

        assertThat(result("id")).isEqualTo("Answer[approved=false, by=Bob], from SQL");
    }

    @Test
    void aWorkflowCanBeEnqueuedAndSentToInOneTransaction() throws SQLException {
        sql.setAutoCommit(false);
        var id = call("select dbosj.enqueue_workflow('decide', 'queue')");
        call("select dbosj.send_message('%s', '{\"approved\":true,\"by\":\"Ada\"}', 'approval')".formatted(id));
        sql.commit();

        assertThat(result(id)).startsWith("Answer[approved=true, by=Ada]");
    }

    @Test
    void workersHearOfItAtTheCommitOnlyIfAsked() throws SQLException {
        dbos.close();
        launch(Duration.ofMinutes(1)); // by polling alone nothing would come in time
        execute("listen dbosj");
        var id = call("select dbosj.enqueue_workflow('decide', 'queue', notify => true)");
        while (dbos.getWorkflow(id).status() != WorkflowState.PENDING) Thread.onSpinWait();
        call("select dbosj.send_message('%s', '{\"approved\":true,\"by\":\"Ada\"}', 'approval', notify => true)"
                .formatted(id));
        assertThat(result(id)).startsWith("Answer[approved=true, by=Ada]");

        call("select dbosj.send_message('%s', '1')".formatted(id));
        call("select dbosj.enqueue_workflow('note', 'queue', array['\"quiet\"']::json[])");
        int pid = Integer.parseInt(call("select pg_backend_pid()"));
        assertThat(sql.unwrap(PGConnection.class).getNotifications())
                .filteredOn(notification -> notification.getPID() == pid)
                .extracting(PGNotification::getParameter)
                .containsExactly("WORK", "ARRIVAL");
    }

    // ---- refusals ---------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "enqueue_workflow(null, 'queue')                              | workflow name must not be null",
        "enqueue_workflow('', 'queue')                                | workflow name must not be blank",
        "enqueue_workflow('note', E' \\t\\n')                         | queue name must not be blank",
        "enqueue_workflow('note', U&'\\2003\\3000')                   | queue name must not be blank",
        "enqueue_workflow(repeat('x', 256), 'queue')                  | workflow name is longer than 255 characters",
        "enqueue_workflow('note', 'queue', workflow_id => ' ')        | workflow id must not be blank",
        "enqueue_workflow('note', 'queue', workflow_id => repeat(U&'\\+01F600', 128)) | workflow id is longer than 255",
        "enqueue_workflow('note', 'queue', priority => -1)            | priority -1 is outside 0..2147483647",
        "enqueue_workflow('note', 'queue', priority => null)          | priority <NULL> is outside",
        "enqueue_workflow('note', 'queue', null)                      | positional_args must be an array",
        "enqueue_workflow('note', 'queue', array[array['1']]::json[]) | positional_args must be an array",
        "enqueue_workflow('note', 'queue', array['{x:1}']::json[])    | invalid input syntax for type json",
        "enqueue_workflow('note', 'queue', array[to_json(repeat('x', 1 << 24))]) | allowed",
        "send_message('nobody', '1')                                  | there is no workflow nobody",
        "send_message(null, '1')                                      | destination id must not be null",
        "send_message('id', null)                                     | a message must not be null",
        "send_message('id', 'null')                                   | a message must not be null",
        "send_message('id', 'Ada')                                    | invalid input syntax for type json",
        "send_message('id', '1', '')                                  | topic must not be blank",
        "send_message('id', '1', 't', '')                             | idempotency key must not be blank",
        "send_message('id', to_json(repeat('x', 1 << 24)))            | allowed"
    })
    void whatCannotBeStoredIsRefused(String call, String message) throws SQLException {
        call("select dbosj.enqueue_workflow('hold', 'queue', workflow_id => 'id')");

        assertThatThrownBy(() -> call("select dbosj." + call))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining(message);
        assertThat(call("select count(*) from dbosj.workflow_status")).isEqualTo("1");
        assertThat(call("select count(*) from dbosj.notifications")).isEqualTo("0");
    }

    @Test
    void namesOfEveryLengthThatJavaAcceptsAreAccepted() throws SQLException {
        for (var id : List.of("x".repeat(255), "\u00e4".repeat(255), "\ud83d\ude00".repeat(127), "\u00a0", " x ")) {
            WorkflowOptions.id(id);
            var call = "select dbosj.enqueue_workflow('note', 'queue', array['\"\"']::json[], '%s')";
            assertThat(call(call.formatted(id))).isEqualTo(id);
            assertThat(result(id)).isEmpty();
        }
    }

    @Test
    void whatOnlyItsReaderCannotUnderstandHurtsOnlyItsReader() throws SQLException {
        var id = call("select dbosj.enqueue_workflow('note', 'queue', array['\"one\"', '\"too many\"']::json[])");

        assertThatThrownBy(() -> result(id)).hasMessageContaining("2 arguments were given but the workflow takes 1");
    }

    // ---- privileges -------------------------------------------------------------------------------------------------

    @Test
    void aRoleNeedsTheSchemaAndTheFunctionAndNoTable() throws SQLException {
        var role = call("select current_database() || '_role'");
        execute("create role %s login password 'p'".formatted(role));
        dbos.with(WorkflowOptions.id("id")).startWorkflow(work::decide);
        try (var poor = connect(role)) {
            var enqueue = "select dbosj.enqueue_workflow('note', 'queue', array['\"hello\"']::json[])";
            assertThatThrownBy(() -> call(poor, enqueue)).hasMessageContaining("permission denied for schema");
            execute("grant usage on schema dbosj to " + role);
            assertThatThrownBy(() -> call(poor, enqueue)).hasMessageContaining("permission denied for function");
            execute("grant execute on function dbosj.enqueue_workflow, dbosj.send_message to " + role);

            assertThat(result(call(poor, enqueue))).isEqualTo("hello");
            call(poor, "select dbosj.send_message('id', '{\"approved\":true,\"by\":\"Ada\"}', 'approval')");
            assertThat(result("id")).startsWith("Answer[approved=true, by=Ada]");
            assertThatThrownBy(() -> call(poor, "select input from dbosj.workflow_status"))
                    .hasMessageContaining("permission denied for table");
        }
    }

    /** The functions run with the rights of their owner, and must not run what the caller has put in their way. */
    @Test
    void whatACallerPutsOnItsSearchPathIsNotUsed() throws SQLException {
        execute("""
                create schema trap;
                create function trap.gen_random_uuid() returns uuid
                    language plpgsql as $$ begin raise 'trapped'; end $$;
                create function trap.octet_length(text) returns integer
                    language plpgsql as $$ begin raise 'trapped'; end $$;
                create function trap.json_typeof(json) returns text
                    language plpgsql as $$ begin raise 'trapped'; end $$;
                set search_path = trap, pg_catalog, dbosj
                """);

        var id = call("select dbosj.enqueue_workflow('decide', 'queue')");
        call("select dbosj.send_message('%s', '{\"approved\":true,\"by\":\"Ada\"}', 'approval')".formatted(id));
        assertThat(result(id)).startsWith("Answer[approved=true, by=Ada]");
        assertThatThrownBy(() -> call("select gen_random_uuid()")).hasMessageContaining("trapped");
    }
}
