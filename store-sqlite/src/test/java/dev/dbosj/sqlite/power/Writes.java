package dev.dbosj.sqlite.power;

import dev.dbosj.sqlite.SqliteProvider;
import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.Owner;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.time.Time;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** The process that is recorded: it commits workflows, says which are acknowledged, and never closes the file. */
public final class Writes {
    static final String PREFIX = "w-";
    private static final int COMMITS_PER_CHECKPOINT = 12;

    private Writes() {}

    /** Arguments: the database, how many commits, the seed, and how it is to be synchronized if not as it is. */
    public static void main(String... args) throws Exception {
        var path = Path.of(args[0]);
        var random = new Random(Long.parseLong(args[2]));
        var acknowledged = FileChannel.open(
                path.resolveSibling("power.acknowledged"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var database = new SqliteProvider().open("sqlite:" + path, Time.system());
        database.migrate();
        if (args.length > 3) weaken(database, args[3]);
        database.join(new ExecutorInfo("e", "power", Set.of("work"), Duration.ofMinutes(1), Instant.EPOCH, false));
        for (int i = 0; i < Integer.parseInt(args[1]); i++) {
            commit(database, i, random);
            acknowledged.write(ByteBuffer.allocate(4).putInt(0, i), i * 4L);
            if (i % COMMITS_PER_CHECKPOINT == 7) moveLogIntoDatabase(path);
        }
        Runtime.getRuntime().halt(0);
    }

    private static void commit(SystemDatabase database, int i, Random random) {
        var id = PREFIX + i;
        var row = new NewWorkflow(id, i, "work", "queue", 0, "{\"positionalArgs\":[]}", null, "e");
        var output = "\"" + "x".repeat(random.nextInt(12_000)) + "\"";
        var checkpoint = new Checkpoint(0, "step", output, null, null, Instant.EPOCH, Instant.EPOCH);
        database.apply(List.of(
                new Command(null, null, new Effect.Insert(List.of(row), true)),
                new Command(new Owner(id, 1), checkpoint, Effect.NOTHING)));
    }

    /** Sooner than it would by itself, so that the recording is short. */
    private static void moveLogIntoDatabase(Path path) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + path.toUri());
                var statement = connection.createStatement()) {
            statement.execute("pragma wal_checkpoint(passive)");
        }
    }

    /** The canary: the same store with another setting, which it does not offer. */
    private static void weaken(SystemDatabase database, String synchronous) throws ReflectiveOperationException, IOException {
        var connections = field(database, "connections");
        var session = field(connections, "writer");
        if (session == null) throw new IOException("the store has no writer yet");
        var execute = session.getClass().getDeclaredMethod("execute", String.class);
        execute.setAccessible(true);
        execute.invoke(session, "pragma synchronous = " + synchronous);
    }

    private static Object field(Object owner, String name) throws ReflectiveOperationException {
        var field = owner.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(owner);
    }
}
