package dev.dbosj.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbos.transact.DBOS;
import dev.dbos.transact.StartWorkflowOptions;
import dev.dbos.transact.config.DBOSConfig;
import dev.dbos.transact.workflow.ListWorkflowsInput;
import dev.dbos.transact.workflow.Queue;
import dev.dbos.transact.workflow.Workflow;
import dev.dbos.transact.workflow.WorkflowHandle;
import dev.dbos.transact.workflow.WorkflowState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/**
 * The same workflows written for DBOS Java, by its public API only and configured as well as that allows: a pool of
 * its own size (three times the default, handed over as a data source), queues polled a hundred times as often as by
 * default. How often a result is polled cannot be set: once a second.
 */
final class DbosEngine implements AutoCloseable {
    private static final int CONNECTIONS = 30;
    private static final Duration POLLING = Duration.ofMillis(10);

    private static final Queue QUEUE = new Queue("work").withPollingInterval(POLLING);
    private static final int FILLERS = 16;

    private final HikariDataSource pool;
    private final DBOS dbos;
    private final Works works;
    private final CountDownLatch drained;

    /** DBOS calls workflows through proxies of an interface. */
    public interface Works {
        int steps(int count);

        int one(int number);

        int echo(int number);

        int parent(int children);
    }

    private DbosEngine(Database database, int expected, String listenQueue) {
        var settings = new HikariConfig();
        settings.setJdbcUrl(database.jdbcUrl());
        settings.setMaximumPoolSize(CONNECTIONS);
        pool = new HikariDataSource(settings);
        drained = new CountDownLatch(expected);
        dbos = new DBOS(DBOSConfig.defaults("bench").withDataSource(pool).withListenQueue(listenQueue));
        dbos.registerQueue(QUEUE);
        var bodies = new Bodies();
        works = dbos.registerProxy(Works.class, bodies);
        bodies.self = works;
    }

    static String description() {
        return "DBOS Java %s, a pool of %d connections, queues polled every %d ms".formatted(
                DBOS.version(), CONNECTIONS, POLLING.toMillis());
    }

    static DbosEngine launched(Database database, int expected) {
        var engine = new DbosEngine(database, expected, QUEUE.name());
        engine.dbos.launch();
        return engine;
    }

    /** Fills a queue that nobody listens to yet. */
    static void fill(Database database, int workflows) {
        try (var engine = new DbosEngine(database, 0, "another");
                var fillers = Executors.newFixedThreadPool(FILLERS)) {
            engine.dbos.launch();
            for (int i = 0; i < workflows; i++) {
                int number = i;
                fillers.submit(() -> engine.dbos.startWorkflow(() -> engine.works.one(number), queued()));
            }
        }
    }

    private static StartWorkflowOptions queued() {
        return new StartWorkflowOptions().withQueue(QUEUE);
    }

    private final class Bodies implements Works {
        private Works self;

        @Override
        @Workflow
        public int steps(int count) {
            int sum = 0;
            for (int step = 0; step < count; step++) {
                int number = step;
                sum += dbos.runStep(() -> number, "step");
            }
            return sum;
        }

        @Override
        @Workflow
        public int one(int number) {
            int result = dbos.runStep(() -> number, "step");
            drained.countDown();
            return result;
        }

        @Override
        @Workflow
        public int echo(int number) {
            return number;
        }

        @Override
        @Workflow
        public int parent(int children) {
            var handles = new ArrayList<WorkflowHandle<Integer, RuntimeException>>();
            for (int i = 0; i < children; i++) {
                int number = i;
                handles.add(dbos.startWorkflow(() -> self.echo(number), queued()));
            }
            return handles.stream().mapToInt(WorkflowHandle::getResult).sum();
        }
    }

    WorkflowHandle<Integer, RuntimeException> startSteps(int count) {
        return dbos.startWorkflow(() -> works.steps(count));
    }

    WorkflowHandle<Integer, RuntimeException> startParent(int children) {
        return dbos.startWorkflow(() -> works.parent(children));
    }

    WorkflowHandle<Integer, RuntimeException> enqueueEcho(int number) {
        return dbos.startWorkflow(() -> works.echo(number), queued());
    }

    /** Waits until the outcome of the last workflow is recorded. */
    void awaitDrained() throws InterruptedException {
        drained.await();
        var unfinished = new ListWorkflowsInput().withStatus(WorkflowState.PENDING, WorkflowState.ENQUEUED)
                .withLoadInput(false).withLoadOutput(false).withLimit(1);
        while (!dbos.listWorkflows(unfinished).isEmpty()) Thread.sleep(2);
    }

    @Override
    public void close() {
        dbos.shutdown();
        pool.close();
    }
}
