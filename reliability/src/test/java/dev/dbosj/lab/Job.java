package dev.dbosj.lab;

import dev.dbosj.time.Signals;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a worker process is told when it is started.
 *
 * @param life the number of this launch, from 1
 * @param death the point to die at and when, as {@code STEP_ENDED:17}; empty to live
 * @param answersNoted whether its {@link Gate} notes each answer of the database
 */
record Job(String databaseUrl, Path ledger, int life, Duration lease, String death, boolean answersNoted) {
    List<String> arguments() {
        return List.of(
                databaseUrl, ledger.toString(), Integer.toString(life), lease.toString(), death,
                Boolean.toString(answersNoted));
    }

    static Job of(List<String> arguments) {
        return new Job(
                arguments.get(0), Path.of(arguments.get(1)), Integer.parseInt(arguments.get(2)),
                Duration.parse(arguments.get(3)), arguments.get(4), Boolean.parseBoolean(arguments.get(5)));
    }

    Job dyingAt(Signals.Point point, int occurrence) {
        return new Job(databaseUrl, ledger, life, lease, point + ":" + occurrence, answersNoted);
    }

    Job lease(Duration lease) {
        return new Job(databaseUrl, ledger, life, lease, death, answersNoted);
    }

    Job notingAnswers() {
        return new Job(databaseUrl, ledger, life, lease, death, true);
    }

    Signals signals(Signals otherwise) {
        if (death.isEmpty()) return otherwise;
        var parts = death.split(":");
        return new DeathAtPoint(Signals.Point.valueOf(parts[0]), Integer.parseInt(parts[1]));
    }
}
