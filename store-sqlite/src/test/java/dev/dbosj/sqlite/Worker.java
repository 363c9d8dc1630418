package dev.dbosj.sqlite;

import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.Owner;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.time.Time;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What another process does in a test: one act, with its answers on the standard output. */
public final class Worker {
    /** Workflows in each batch of {@link #load}, each with one checkpoint. */
    static final int BATCH = 20;

    private Worker() {}

    /** Arguments: the database file, the act, and what belongs to it. */
    public static void main(String... args) throws IOException {
        var database = Path.of(args[0]);
        switch (args[1]) {
            case "join" -> join(database, args[2]);
            case "look" -> look(database);
            case "commit" -> commit(database);
            case "load" -> load(database, args[2]);
            case "enter" -> enter(database);
            default -> throw new IllegalArgumentException(args[1]);
        }
    }

    static SystemDatabase open(Path database) {
        var opened = new SqliteProvider().open("sqlite:" + database, Time.system());
        opened.migrate();
        return opened;
    }

    static ExecutorInfo executor(String id) {
        return new ExecutorInfo(id, "app", Set.of("work"), Duration.ofMinutes(1), Instant.EPOCH, false);
    }

    static Command inserting(String id, String executorId) {
        var workflow = new NewWorkflow(id, id.hashCode(), "work", "queue", 0, "{\"positionalArgs\":[]}", null, executorId);
        return new Command(null, null, new Effect.Insert(List.of(workflow), true));
    }

    /** Joins, starts a workflow named like the executor, says so, and stays. */
    private static void join(Path database, String executorId) throws IOException {
        try (var db = open(database)) {
            db.join(executor(executorId));
            db.apply(List.of(inserting(executorId, executorId)));
            say("joined");
            waitForWord();
        }
    }

    /** Says of each executor whether it is gone. */
    private static void look(Path database) {
        try (var db = open(database)) {
            for (var executor : db.executors()) say(executor.executorId() + " " + (executor.gone() ? "gone" : "alive"));
        }
    }

    /** Commits as fast as it can until it is told to stop; says how often it did. */
    private static void commit(Path database) throws IOException {
        try (var db = open(database)) {
            db.join(executor("busy"));
            db.apply(List.of(inserting("busy", "busy")));
            int commits = 0;
            for (; commits < 200; commits++) record(db, commits);
            say("warm");
            for (; System.in.available() == 0; commits++) record(db, commits);
            say(String.valueOf(commits));
        }
    }

    private static void record(SystemDatabase db, int step) {
        var checkpoint = new Checkpoint(step, "step", "\"" + "x".repeat(100) + "\"", null, null, null, null);
        db.apply(List.of(new Command(new Owner("busy", 1), checkpoint, Effect.NOTHING)));
    }

    /** Applies one batch after the other and says the number of each when it was acknowledged. */
    private static void load(Path database, String name) {
        var db = open(database);
        db.join(executor(name));
        for (int batch = 0; ; batch++) {
            var commands = new ArrayList<Command>();
            for (int i = 0; i < BATCH; i++) {
                var id = name + "-" + batch + "-" + i;
                var checkpoint = new Checkpoint(0, "step", "\"" + "x".repeat(1_000) + "\"", null, null, null, null);
                commands.add(inserting(id, name));
                commands.add(new Command(new Owner(id, 1), checkpoint, Effect.NOTHING));
            }
            db.apply(commands);
            say(String.valueOf(batch));
        }
    }

    /** Takes its turn as a writer and keeps it until it is told to go on. */
    private static void enter(Path database) throws IOException {
        try (var file = DatabaseFile.open(database)) {
            file.turnstile().enter();
            say("entered");
            waitForWord();
            file.turnstile().leave();
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private static void waitForWord() throws IOException {
        if (System.in.read() < 0) throw new IOException("the test has ended");
    }
}
