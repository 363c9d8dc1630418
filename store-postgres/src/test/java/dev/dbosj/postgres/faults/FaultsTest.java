package dev.dbosj.postgres.faults;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.dbosj.postgres.PooledConnections;
import dev.dbosj.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Whatever happens to the server, work goes on by itself when that is over: nothing is lost, nothing is doubled. */
@EnabledIf("dev.dbosj.Thorough#isWanted")
@Tag("T5")
@Timeout(3600)
class FaultsTest {
    private static final int MAX_CONNECTIONS = 40;
    private static final Duration SHORT = Duration.ofMillis(400);
    private static final Duration FAULTY = Duration.ofSeconds(1);

    private static final double SHARE = 0.1;
    private static final Toll TOLL = new Toll();

    private static PostgresServer server;
    private String url;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.start(Map.of("max_connections", "" + MAX_CONNECTIONS, "fsync", "off", "full_page_writes", "off"));
    }

    @AfterAll
    static void stopServer() {
        server.close();
        System.out.println("DB postgres " + TOLL);
    }

    @BeforeEach
    void createDatabase() {
        url = server.createDatabase();
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:" + url.replace("postgres@", "") + "?user=postgres");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void theServerIsStoppedOrCrashesAndIsStartedAgain() throws Exception {
        try (var trial = new Trial(url, Trial.by(url))) {
            server.stop();
            trial.work(SHORT);
            server.startAgain();
            trial.awaitProgress();

            processes().crash();
            server.stop();
            server.startAgain();
            finish(trial, "restarts", 2);
        }
    }

    private ServerProcesses processes() throws SQLException {
        try (var connection = connect()) {
            return new ServerProcesses(connection);
        }
    }

    @Test
    void allConnectionsAreTerminatedAgainAndAgain() throws Exception {
        try (var trial = new Trial(url, Trial.by(url)); var admin = connect()) {
            int terminated = 0;
            long end = Toll.end(SHARE);
            for (int i = 0; i < 10 || System.nanoTime() < end; i++) {
                trial.work(Duration.ofMillis(100));
                terminated += trial.books().texts(admin, """
                        select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'dbosj'
                        """).size();
            }
            finish(trial, "connections terminated", terminated);
        }
    }

    @Test
    void theServerPausesForLongerThanALease() throws Exception {
        var pause = Duration.ofSeconds(6);
        try (var trial = new Trial(url, Trial.by(url).lease(Duration.ofSeconds(2)))) {
            trial.awaitProgress();
            var processes = processes();
            processes.freeze();
            try {
                int answers = trial.answers();
                trial.work(pause);
                assertThat(trial.answers()).isLessThanOrEqualTo(answers + 1);
            } finally {
                processes.thaw();
            }
            finish(trial, "pauses", 1);
        }
    }

    @Test
    void somebodyElseTakesAllConnections() throws Exception {
        var others = new ArrayList<Connection>();
        try (var trial = new Trial(url, Trial.by(url)); var admin = connect()) {
            trial.awaitProgress();
            for (int i = 0; i < 2; i++) {
                execute(admin, """
                        select pg_terminate_backend(pid)
                          from pg_stat_activity
                         where application_name = 'dbosj' and query not like '%set heartbeat = dbosj.now_ms()%'
                        """);
                takeAll(others);
                trial.work(SHORT);
            }
            int answers = trial.answers();
            trial.work(Duration.ofSeconds(2));
            assertThat(trial.answers()).isEqualTo(answers);
            assertThat(trial.books().texts(admin, """
                    select executor_id from dbosj.executors where heartbeat < dbosj.now_ms() - lease / 3
                    """)).as("who does not beat").isEmpty();
            for (var other : others) other.close();
            finish(trial, "without connections", 1);
        } finally {
            for (var other : others) other.close();
        }
    }

    private static void finish(Trial trial, String fault, int times) throws Exception {
        trial.finish();
        TOLL.count(fault, times);
        TOLL.passed(trial);
    }

    private void takeAll(List<Connection> others) {
        while (true) {
            try {
                others.add(connect());
            } catch (SQLException full) {
                if (!"53300".equals(full.getSQLState())) throw new IllegalStateException(full);
                return;
            }
        }
    }

    @Test
    void somebodyKeepsARunLocked() throws Exception {
        try (var trial = new Trial(url, Trial.by(url)); var stranger = connect()) {
            trial.awaitProgress();
            stranger.setAutoCommit(false);
            execute(stranger, "select from dbosj.workflow_status where status = 'PENDING' order by sequence limit 1 for update");
            trial.awaitAnswers(1);
            stranger.rollback();
            finish(trial, "locks", 1);
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "dbosj.seconds", matches = "\\d{2,}")
    void whoIsClosedWhileTheServerStandsStillIsReplacedWhenItGoesOn() throws Exception {
        var orders = new Orders();
        var books = new Books(url, orders);
        var processes = processes();
        try (var log = new Overheard()) {
            var executor = Trial.launch(Trial.by(url), orders);
            executor.enqueueAll(Orders.ORDERS.name(), orders::order, IntStream.range(0, 100).boxed().toList());
            processes.freeze();
            long began = System.nanoTime();
            try {
                executor.close();
            } finally {
                processes.thaw();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
            assertThat(books.unfinished()).isNotEmpty();

            try (var heir = Trial.launch(Trial.by(url), orders)) {
                books.awaitEnd(Duration.ofSeconds(30));
                assertThat(books.texts("select status from dbosj.workflow_status")).hasSize(300).containsOnly("SUCCESS");
            }
            assertThat(log.all(Level.ERROR)).isEmpty();
        }
    }

    @Test
    void aPoolerForgetsEverythingAfterEachTransaction() throws Exception {
        try (var pooled = new PooledConnections(url); var trial = new Trial(url, Trial.by(url).dataSource(pooled))) {
            trial.work(FAULTY);
            finish(trial, "poolers", 1);
            assertThat(pooled.transactions()).isGreaterThan(100);
        }
    }

    @Test
    void theServerTurnsReadOnlyForAWhile() throws Exception {
        try (var trial = new Trial(url, Trial.by(url)); var admin = connect()) {
            trial.awaitProgress();
            execute(admin, "alter system set default_transaction_read_only = on");
            execute(admin, "select pg_reload_conf()");
            trial.work(FAULTY);
            int answers = trial.answers();
            trial.work(SHORT);
            assertThat(trial.answers()).isEqualTo(answers);
            execute(admin, "alter system reset default_transaction_read_only");
            execute(admin, "select pg_reload_conf()");
            finish(trial, "read-only", 1);
        }
    }

    @Test
    void statementsAreCancelledAtRandom() throws Exception {
        try (var trial = new Trial(url, Trial.by(url)); var admin = connect()) {
            int cancelled = 0;
            long end = Toll.end(SHARE);
            for (int i = 0; i < 200 || System.nanoTime() < end; i++) {
                trial.work(Duration.ofMillis(5));
                cancelled += trial.books().texts(admin, """
                        select pg_cancel_backend(pid)
                          from pg_stat_activity
                         where application_name = 'dbosj' and state = 'active'
                        """).size();
            }
            assertThat(trial.log()).anyMatch(line -> line.contains("statement was cancelled"));
            finish(trial, "statements cancelled", cancelled);
        }
    }

    @Test
    void theDiskIsFullForAWhile() throws Exception {
        failBy("'53100'", 1, "the server's disk is full");
    }

    @Test
    void transactionsAreInEachOthersWay() throws Exception {
        failBy("(array['40P01', '40001', '55P03'])[1 + floor(3 * random())::int]", 0.4, null);
    }

    /** For a while writes fail with that SQLSTATE, or a share of them does. */
    private void failBy(String state, double share, String logged) throws Exception {
        try (var trial = new Trial(url, Trial.by(url)); var admin = connect()) {
            execute(admin, "create table public.faults as select %s as share".formatted(share));
            execute(admin, """
                    create function public.fail() returns trigger language plpgsql as $$
                    begin
                        if random() < (select share from public.faults) then
                            raise exception 'injected' using errcode = %s;
                        end if;
                        return null;
                    end $$
                    """.formatted(state));
            for (var table : List.of("workflow_status", "operation_outputs", "workflow_events", "submissions", "executors"))
                execute(admin, "create trigger fail before insert or update or delete on dbosj.%s execute function public.fail()"
                        .formatted(table));
            trial.work(FAULTY);
            if (logged != null) assertThat(trial.log()).anyMatch(line -> line.contains(logged));
            execute(admin, "update public.faults set share = 0");
            finish(trial, "times of failing writes", 1);
        }
    }
}
