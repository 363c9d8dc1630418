package dev.dbosj;

import dev.dbosj.code.StepDefinitions;
import dev.dbosj.code.WorkflowRegistry;
import dev.dbosj.commit.CommitQueue;
import dev.dbosj.commit.CommitWriter;
import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.executor.Executor;
import dev.dbosj.executor.Loops;
import dev.dbosj.json.ErrorCodec;
import dev.dbosj.json.JsonCodec;
import dev.dbosj.run.Collaborators;
import dev.dbosj.run.DeadLetters;
import dev.dbosj.run.DurableCalls;
import dev.dbosj.run.EventCalls;
import dev.dbosj.run.KnownQueues;
import dev.dbosj.run.MessageCalls;
import dev.dbosj.run.Starts;
import dev.dbosj.run.StepRunner;
import dev.dbosj.run.WorkflowRuns;
import dev.dbosj.store.Hint;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.SystemDatabaseProvider;
import dev.dbosj.time.Alarms;
import dev.dbosj.time.Seams;
import dev.dbosj.wait.News;
import dev.dbosj.wait.Waiter;
import java.time.Duration;
import java.util.ServiceLoader;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/** Builds the object graph by hand; the only class that knows every room. */
final class Assembly {
    private static final Pattern WITHOUT_PASSWORD = Pattern.compile("(:)[^:@/]+@");
    private static final Duration LAST_WRITES = Duration.ofSeconds(5);
    private static final Duration AFTER_GIVING_UP = Duration.ofSeconds(1);

    final Collaborators with;
    final WorkflowRegistry registry;
    final StepDefinitions stepDefinitions;
    final KnownQueues queues;
    final Starts starts;
    final StepRunner stepRunner;
    final DurableCalls calls;
    final EventCalls events;
    final MessageCalls messages;
    final DeadLetters deadLetters;
    final Executor executor;
    final Lookups lookups;
    final BulkChanges bulkChanges;
    final QueueControl queueControl;
    private final DBOSConfig config;
    private final SystemDatabase database;
    private final CommitQueue commits;
    private final CommitWriter writer;
    private final CommitWriter sharedWriter;
    private final News news;
    private final Waiter waiter;
    private final Alarms alarms;
    private final Loops loops;

    Assembly(DBOSConfig config, Seams seams, SystemDatabase database) {
        this.config = config;
        this.database = database;
        var json = new JsonCodec(config.maxPayloadBytes());
        var errors = new ErrorCodec(json, config.exceptions());
        registry = new WorkflowRegistry(json, errors);
        stepDefinitions = new StepDefinitions(json, errors);
        commits = new CommitQueue(seams.time());
        writer = CommitWriter.ofOwned(commits, database, seams);
        sharedWriter = CommitWriter.ofShared(commits, database, seams);
        waiter = new Waiter(database, config.pollInterval(), seams.time());
        news = new News(database, waiter, seams);
        with = new Collaborators(database, commits, waiter, news, json, errors, seams);
        queues = new KnownQueues(database, seams);
        calls = new DurableCalls(with);
        events = new EventCalls(with);
        messages = new MessageCalls(with);
        deadLetters = new DeadLetters(with);
        loops = new Loops(seams);
        alarms = new Alarms(seams.time(), alarm -> loops.start("dbosj-alarms", alarm));
        var runs = new WorkflowRuns(registry, with, queues, alarms);
        var settings = new Executor.Settings(
                config.name(), config.lease(), config.pollInterval(), config.maxRuns(), config.listenQueues());
        executor = new Executor(with, settings, registry, queues, runs, loops);
        stepRunner = new StepRunner(with, executor.gate(), alarms);
        starts = new Starts(with, queues, runs, executor::executorId, queue -> news.share(Hint.WORK));
        lookups = new Lookups(with);
        bulkChanges = new BulkChanges(lookups, starts);
        queueControl = new QueueControl(lookups, starts, executor, seams.time());
        news.on(Hint.WORK, executor::wake);
        news.on(Hint.CHANGE, executor::lookAround);
    }

    static SystemDatabase open(DBOSConfig config, Seams seams) {
        return config.dataSource() == null
                ? open(config.databaseUrl(), seams)
                : open(config.dataSource(), seams);
    }

    private static SystemDatabase open(String url, Seams seams) {
        for (var provider : ServiceLoader.load(SystemDatabaseProvider.class))
            if (provider.accepts(url)) return provider.open(url, seams.time());
        throw new SystemDatabaseException(SystemDatabaseException.Kind.UNUSABLE,
                ("no store understands the URL '%s'. Known are sqlite:<file> (with the dependency dbosj-sqlite),"
                        + " postgresql://<user>:<password>@<host>/<database> (with dbosj-postgres) and memory:")
                        .formatted(WITHOUT_PASSWORD.matcher(url).replaceAll("$1***@")));
    }

    private static SystemDatabase open(DataSource connections, Seams seams) {
        for (var provider : ServiceLoader.load(SystemDatabaseProvider.class)) {
            var database = provider.open(connections, seams.time());
            if (database != null) return database;
        }
        throw new SystemDatabaseException(SystemDatabaseException.Kind.UNUSABLE,
                "no store works with the DataSource " + connections
                        + "; PostgreSQL does, with the dependency dbosj-postgres");
    }

    /** Starts what a client needs: the writers, the waiter and the line to other processes. */
    void connect() {
        if (config.migrate()) database.migrate();
        else requireCurrentTables();
        loops.start("dbosj-commit", writer::run, writer::abandon);
        loops.start("dbosj-shared", sharedWriter::run, sharedWriter::abandon);
        loops.start("dbosj-waiter", waiter::run);
        if (news.isConnected()) {
            loops.start("dbosj-teller", news::runTeller);
            loops.start("dbosj-listener", news::runListener);
        }
    }

    private void requireCurrentTables() {
        int pending = database.pendingMigrations().size();
        if (pending > 0)
            throw new SystemDatabaseException(SystemDatabaseException.Kind.UNUSABLE,
                    ("the tables of the system database are missing, or of an older version: %d migrations are pending."
                            + " Run 'dbos-cli migrate --db URL' as a user who may create tables;"
                            + " 'dbos-cli migrate --print' shows what it would do").formatted(pending));
    }

    /**
     * Ends everything; bounded, also when the database is away.
     *
     * @param dying whether the whole process ends: then threads that wait for a result are left to wait, for a stack
     *     trace of each would be all that they could still say
     */
    void close(boolean launched, boolean dying) {
        if (launched) executor.stop(config.shutdownGrace());
        alarms.close();
        commits.close();
        news.close();
        if (dying) waiter.stop();
        else waiter.close();
        var patience = LAST_WRITES;
        if (!loops.awaitEnd(0, patience)) {
            patience = AFTER_GIVING_UP;
            writer.giveUp();
            sharedWriter.giveUp();
            loops.awaitEnd(0, patience);
        }
        // On a thread of its own, because it waits as long as another process keeps the database locked.
        if (launched) {
            loops.start("dbosj-leave", executor::leave);
            loops.awaitEnd(0, patience);
        }
        database.close();
        with.seams().threads().release();
        loops.awaitEnd(0, AFTER_GIVING_UP);
    }
}
