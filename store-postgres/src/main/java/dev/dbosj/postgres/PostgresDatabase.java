package dev.dbosj.postgres;

import dev.dbosj.store.Arrival;
import dev.dbosj.store.Awaited;
import dev.dbosj.store.Claim;
import dev.dbosj.store.ClaimRequest;
import dev.dbosj.store.Command;
import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.Hint;
import dev.dbosj.store.HintLine;
import dev.dbosj.store.HistoryPage;
import dev.dbosj.store.Outcome;
import dev.dbosj.store.Owner;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.Tick;
import dev.dbosj.store.jdbc.BatchWriter;
import dev.dbosj.store.jdbc.Queries;
import dev.dbosj.store.jdbc.Rows;
import dev.dbosj.store.jdbc.Session;
import dev.dbosj.store.jdbc.WorkflowListing;
import dev.dbosj.store.jdbc.WorkflowRows;
import dev.dbosj.workflow.QueueRates;
import dev.dbosj.workflow.QueueState;
import dev.dbosj.workflow.QueueStats;
import dev.dbosj.workflow.SystemDatabaseInfo;
import dev.dbosj.workflow.WorkflowAttempt;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The system database on one PostgreSQL server, for any number of processes, by whose clock everything goes. */
final class PostgresDatabase implements SystemDatabase {
    private static final String NOW = "select dbosj.now_ms()";

    private final PostgresConnections connections;

    private PostgresDatabase(Connector connector) {
        this.connections = new PostgresConnections(connector);
    }

    static PostgresDatabase open(Connector connector) {
        var database = new PostgresDatabase(connector);
        try {
            database.check();
            return database;
        } catch (RuntimeException failure) {
            database.close();
            throw failure;
        }
    }

    /** On a connection of its own, because a pool would only say that it has none. */
    private void check() {
        try (var session = connections.open("connect")) {
            PostgresSchema.checkServer(session);
            PostgresSchema.isCurrent(session);
        } catch (SQLException failure) {
            throw PostgresErrors.failure("look at the database", failure);
        }
    }

    @Override
    public void migrate() {
        if (connections.read("look at the tables", PostgresSchema::isCurrent)) return;
        while (connections.transactPatiently("migrate the database", PostgresSchema::migrate)) {
            // one transaction for each version
        }
    }

    @Override
    public List<String> pendingMigrations() {
        return connections.read("look at the tables", PostgresSchema::pending);
    }

    @Override
    public Instant now() {
        return connections.read("read the clock", PostgresDatabase::now);
    }

    static Instant now(Session session) throws SQLException {
        return session.first(NOW, row -> Rows.instant(row, 1));
    }

    @Override
    public List<Outcome> apply(List<Command> commands) {
        if (commands.isEmpty()) return List.of();
        var act = "apply a batch of " + commands.size();
        var batch = Batch.of(commands);
        boolean applied = batch != null && connections.write(act, session -> apply(session, batch, connections.longestPause()));
        return applied
                ? Collections.nCopies(commands.size(), Outcome.APPLIED)
                : connections.transact(act, session -> applyOneByOne(session, commands));
    }

    /** @return false, and nothing was written, if anything about it is out of the ordinary */
    private static boolean apply(Session session, Batch batch, int longestPause) throws SQLException {
        try {
            return session.any(Batch.APPLY, batch.values(longestPause));
        } catch (SQLException failure) {
            if (PostgresErrors.isOutOfTheOrdinary(failure)) return false;
            throw failure;
        }
    }

    private static List<Outcome> applyOneByOne(Session session, List<Command> commands) throws SQLException {
        // Executors before workflows, as everywhere: so nobody waits for somebody who waits for them.
        var living = PostgresExecutors.living(session, BatchWriter.executorIds(commands));
        var rows = new WorkflowRows(session);
        rows.load(BatchWriter.workflowIds(commands));
        var checkpoints = new PostgresCheckpoints(session, commands);
        return new BatchWriter(session, rows, checkpoints, living::contains, now(session)).apply(commands);
    }

    @Override
    public Map<Owner, Owner> renew(String executorId, Collection<Owner> owners) {
        return connections.transactOverPauses(
                "renew epochs", session -> new WorkflowRows(session).renew(executorId, owners));
    }

    @Override
    public void join(ExecutorInfo executor) {
        connections.shortenPauses(executor.lease());
        connections.write("join as " + executor.executorId(), session -> PostgresExecutors.join(session, executor));
    }

    @Override
    public Tick tick(String executorId, boolean heartbeat) {
        return connections.beat("beat", session -> PostgresExecutors.tick(session, executorId, heartbeat));
    }

    @Override
    public int takeOver(ExecutorInfo dead, int limit) {
        return connections.transactOverPauses(
                "take over from " + dead.executorId(), session -> PostgresExecutors.takeOver(session, dead, limit));
    }

    @Override
    public void leave(String executorId) {
        connections.transactPatiently("leave", session -> PostgresExecutors.leave(session, executorId));
    }

    @Override
    public Claim claim(ClaimRequest request) {
        return connections.claim("claim workflows", session -> PostgresClaims.claim(session, request));
    }

    @Override
    public List<Owner> owned(String executorId) {
        return connections.read("list what is owned", session -> PostgresExecutors.owned(session, executorId));
    }

    @Override
    public Map<String, HistoryPage> history(Map<String, Integer> fromStep, int limit) {
        return connections.read("read history", session -> PostgresQueries.history(session, fromStep, limit));
    }

    @Override
    public List<Arrival> arrivals(Collection<? extends Awaited> awaited) {
        return connections.read("read what has arrived", session -> PostgresQueries.arrivals(session, awaited));
    }

    @Override
    public Map<String, String> events(String workflowId) {
        return connections.read("read events", session -> Queries.events(session, workflowId));
    }

    @Override
    public List<WorkflowStatus> workflows(WorkflowFilter filter) {
        return connections.read("list workflows", session -> WorkflowListing.list(session, filter));
    }

    @Override
    public Map<WorkflowState, Long> workflowCounts() {
        return connections.read("count workflows", WorkflowListing::count);
    }

    @Override
    public WorkflowStatus workflow(String workflowId) {
        return connections.read("read a workflow", session -> WorkflowListing.get(session, workflowId));
    }

    @Override
    public List<WorkflowAttempt> attempts(String workflowId) {
        return connections.read("list attempts", session -> Queries.attempts(session, workflowId));
    }

    @Override
    public List<WorkflowQueue> queues() {
        return connections.read("list queues", Queries::queues);
    }

    @Override
    public Map<String, QueueState> queueStates() {
        return connections.read("list queue states", Queries::states);
    }

    @Override
    public List<QueueStats> queueStats() {
        var now = now();
        return connections.read("read what queues hold", session -> Queries.stats(session, now));
    }

    @Override
    public void report(String executorId, Map<String, QueueRates> rates) {
        connections.transact("report", session -> Queries.report(session, executorId, rates, now(session)));
    }

    @Override
    public Map<String, QueueRates> rates() {
        return connections.read("read rates", session -> Queries.rates(session, now(session)));
    }

    @Override
    public List<ExecutorInfo> executors() {
        return connections.read("list executors", PostgresExecutors::members);
    }

    @Override
    public SystemDatabaseInfo info() {
        var now = now();
        return connections.read("look at the database", session -> PostgresSchema.info(session, now));
    }

    @Override
    public Map<String, Long> unserved() {
        return connections.read("count what nobody serves", Queries::unserved);
    }

    @Override
    public void announce(Set<Hint> hints) {
        connections.write("announce", session -> PostgresHintLine.announce(session, hints));
    }

    @Override
    public HintLine listen() {
        return new PostgresHintLine(connections);
    }

    @Override
    public void close() {
        connections.close();
    }
}
