package dev.dbosj.sqlite;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.SystemDatabaseException.Kind;
import dev.dbosj.store.Arrival;
import dev.dbosj.store.Awaited;
import dev.dbosj.store.Claim;
import dev.dbosj.store.ClaimRequest;
import dev.dbosj.store.Command;
import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.HintLine;
import dev.dbosj.store.HistoryPage;
import dev.dbosj.store.Outcome;
import dev.dbosj.store.Owner;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.Tick;
import dev.dbosj.store.jdbc.BatchWriter;
import dev.dbosj.store.jdbc.Members;
import dev.dbosj.store.jdbc.Queries;
import dev.dbosj.store.jdbc.Session;
import dev.dbosj.store.jdbc.WorkflowListing;
import dev.dbosj.store.jdbc.WorkflowRows;
import dev.dbosj.time.Time;
import dev.dbosj.workflow.QueueRates;
import dev.dbosj.workflow.QueueState;
import dev.dbosj.workflow.QueueStats;
import dev.dbosj.workflow.SystemDatabaseInfo;
import dev.dbosj.workflow.WorkflowAttempt;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The system database in one SQLite file, for any number of processes of one machine, whose clock is its clock. */
final class SqliteDatabase implements SystemDatabase {
    /** What one call brings into memory. */
    static final int READ_BYTES = 32 << 20;

    private final DatabaseFile file;
    private final SqliteConnections connections;
    private final SqliteExecutors executors;
    private final Time time;
    private boolean closed;

    private SqliteDatabase(DatabaseFile file, Time time) {
        this.file = file;
        this.connections = new SqliteConnections(file);
        this.executors = new SqliteExecutors(file.executors());
        this.time = time;
    }

    static SqliteDatabase open(Path path, Time time) {
        SqliteDatabase database;
        try {
            database = new SqliteDatabase(DatabaseFile.open(path), time);
        } catch (IOException failure) {
            throw new SystemDatabaseException(Kind.UNUSABLE,
                    "cannot make the lock files beside %s; let this process write to that folder".formatted(path),
                    failure);
        }
        try {
            if (!database.isCurrent()) database.connections.write("open " + path, session -> null);
            return database;
        } catch (RuntimeException failure) {
            database.close();
            throw failure;
        }
    }

    @Override
    public void migrate() {
        if (isCurrent()) return;
        var act = "migrate " + file.path();
        while (connections.write(act, session -> SqliteSchema.migrate(session, file.path()))) {
            // one transaction for each version
        }
    }

    /** Looked at without taking a turn: who only reads need not wait for a writer that is stopped in its turn. */
    private boolean isCurrent() {
        return file.path().toFile().length() > 0
                && connections.read("open " + file.path(), session -> SqliteSchema.isCurrent(session, file.path()));
    }

    @Override
    public Instant now() {
        return Instant.ofEpochMilli(time.now().toEpochMilli());
    }

    @Override
    public List<Outcome> apply(List<Command> batch) {
        return connections.write(
                "apply a batch of " + batch.size(), session -> apply(session, batch));
    }

    private List<Outcome> apply(Session session, List<Command> batch) throws SQLException {
        var rows = new WorkflowRows(session);
        rows.load(BatchWriter.workflowIds(batch));
        Members members = executorId -> executors.isAlive(session, executorId);
        return new BatchWriter(session, rows, new SqliteCheckpoints(session), members, now()).apply(batch);
    }

    @Override
    public Map<Owner, Owner> renew(String executorId, Collection<Owner> owners) {
        return connections.write("renew epochs", session -> new WorkflowRows(session).renew(executorId, owners));
    }

    @Override
    public void join(ExecutorInfo executor) {
        try {
            connections.write("join as " + executor.executorId(), session -> executors.join(session, executor, now()));
        } catch (RuntimeException failure) {
            executors.release(executor.executorId());
            throw failure;
        }
    }

    @Override
    public Tick tick(String executorId, boolean heartbeat) {
        return heartbeat
                ? connections.write("beat", session -> executors.beat(session, executorId, now()))
                : connections.read("look around", session -> executors.look(session, executorId, now()));
    }

    @Override
    public int takeOver(ExecutorInfo dead, int limit) {
        return connections.write(
                "take over from " + dead.executorId(), session -> executors.takeOver(session, dead, limit, now()));
    }

    @Override
    public void leave(String executorId) {
        boolean left = connections.write("leave", session -> executors.leave(session, executorId));
        if (left) executors.release(executorId);
    }

    @Override
    public Claim claim(ClaimRequest request) {
        var idle = connections.read("look for work", session -> SqliteClaims.idle(session, request, now()));
        if (idle != null) return idle;
        return connections.write("claim workflows", session -> executors.isAlive(session, request.executorId())
                ? SqliteClaims.claim(session, request, now())
                : Claim.NOTHING);
    }

    @Override
    public List<Owner> owned(String executorId) {
        return connections.read("list what is owned", session -> executors.owned(session, executorId));
    }

    @Override
    public Map<String, HistoryPage> history(Map<String, Integer> fromStep, int limit) {
        return connections.read("read history", session -> {
            var pages = new LinkedHashMap<String, HistoryPage>();
            long read = 0;
            for (var from : fromStep.entrySet()) {
                boolean enough = read >= READ_BYTES;
                var page = enough ? HistoryPage.UNREAD : SqliteHistory.page(session, from.getKey(), from.getValue(), limit);
                pages.put(from.getKey(), page);
                read += page.length();
            }
            return pages;
        });
    }

    @Override
    public List<Arrival> arrivals(Collection<? extends Awaited> awaited) {
        return connections.read("read what has arrived", session -> Queries.arrivals(session, awaited));
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
        connections.write("report", session -> Queries.report(session, executorId, rates, now()));
    }

    @Override
    public Map<String, QueueRates> rates() {
        return connections.read("read rates", session -> Queries.rates(session, now()));
    }

    @Override
    public List<ExecutorInfo> executors() {
        return connections.read("list executors", executors::members);
    }

    @Override
    public SystemDatabaseInfo info() {
        var now = now();
        return connections.read("look at the database", session -> SqliteSchema.info(session, now));
    }

    @Override
    public Map<String, Long> unserved() {
        return connections.read("count what nobody serves", Queries::unserved);
    }

    @Override
    public List<String> pendingMigrations() {
        return connections.read("look at the tables of " + file.path(), session -> SqliteSchema.pending(session, file.path()));
    }

    @Override
    public HintLine listen() {
        return new SqliteHintLine(connections, time);
    }

    @Override
    public synchronized void close() {
        if (closed) return;
        closed = true;
        try {
            executors.close();
            connections.close();
            // Closing the file of locks would drop those of executors whose steps may still be running.
            if (!executors.isAnyStaying()) file.close();
        } catch (SQLException | IOException failure) {
            throw new SystemDatabaseException(Kind.UNAVAILABLE, "cannot close " + file.path(), failure);
        }
    }
}
