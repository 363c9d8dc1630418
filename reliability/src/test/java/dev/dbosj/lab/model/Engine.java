package dev.dbosj.lab.model;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSClient;
import dev.dbosj.DBOSConfig;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.workflow.WorkflowQueue;
import java.time.Duration;

/** A runtime on a system database, which can be started anew, and a client that stays. */
final class Engine implements AutoCloseable {
    private final DBOSConfig config;
    private final Robot robot = new Robot();
    private DBOSRuntime runtime;
    private final DBOSClient client;

    Engine(String url) {
        config = DBOSConfig.named("model").databaseUrl(url).shutdownHook(false).pollInterval(Duration.ofMillis(10));
        runtime = DBOS.launch(config, robot);
        runtime.registerQueue(WorkflowQueue.named(Calls.MANY));
        runtime.registerQueue(WorkflowQueue.named(Calls.ONE).concurrency(1));
        client = DBOSClient.connect(config);
    }

    DBOSRuntime runtime() {
        return runtime;
    }

    DBOSClient client() {
        return client;
    }

    Robot robot() {
        return robot;
    }

    void restart() {
        runtime.close();
        runtime = DBOS.launch(config, robot);
    }

    @Override
    public void close() {
        runtime.close();
        client.close();
    }
}
