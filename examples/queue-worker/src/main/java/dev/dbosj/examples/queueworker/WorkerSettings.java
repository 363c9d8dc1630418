package dev.dbosj.examples.queueworker;

import java.time.Duration;
import java.util.List;

/**
 * How a worker works.
 *
 * @param databaseUrl the system database, the only thing that it shares with the web server
 * @param concurrency how many workflows it runs at once
 * @param stepTime how long each step takes
 */
record WorkerSettings(String databaseUrl, int concurrency, Duration stepTime) {
    /** The launch script names the folder. */
    static final String DEFAULT_DATABASE_URL = "sqlite:" + System.getProperty("demo.home", ".") + "/queue-worker.db";

    /** The command line of a worker with these settings. */
    List<String> arguments() {
        return List.of(
                "worker",
                "--db=" + databaseUrl,
                "--concurrency=" + concurrency,
                "--step-millis=" + stepTime.toMillis());
    }

    /** What a user types to start a worker on the same database. A password is not repeated. */
    String command() {
        var worker = "./demo queue-worker worker";
        if (databaseUrl.equals(DEFAULT_DATABASE_URL)) return worker;
        return worker + (databaseUrl.startsWith("sqlite:") ? " --db '%s'".formatted(databaseUrl) : " --db URL");
    }
}
