package dev.dbosj.lab.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.postgres.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random calls from outside, among them the restart of the executor, leave every store where a small model stands. A
 * failure prints its seed and the fewest calls that still show it.
 */
@Tag("T8")
@Timeout(600)
class ModelTest {
    private static final boolean LONG = "true".equals(System.getenv("CI"));
    private static final int SECONDS = Integer.getInteger("dbosj.seconds", LONG ? 20 : 2);
    private static final long SEED = Long.getLong("dbosj.seed", System.nanoTime() % 1_000_000);
    private static final int LEAST = 3;
    private static final int LENGTH = 25;

    /** How long the engine may take for what it does at once, on a machine that does much else. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private int runs;

    @Test
    void everyStoreStandsWhereTheModelStands(@TempDir Path folder) {
        Map<String, String> urls = new LinkedHashMap<>();
        urls.put("memory", "memory:" + UUID.randomUUID());
        urls.put("sqlite", "sqlite:" + folder.resolve("model.db"));
        urls.put("postgres", PostgresServer.freshDatabase());
        Map<String, Engine> engines = new LinkedHashMap<>();
        int sequences = 0;
        try {
            urls.forEach((store, url) -> engines.put(store, new Engine(url)));
            long end = System.nanoTime() + SECONDS * 1_000_000_000L;
            for (; sequences < LEAST || System.nanoTime() < end; sequences++) {
                var calls = Call.sequence(SEED + sequences, LENGTH);
                for (var store : engines.entrySet()) play(store.getValue(), calls, store.getKey(), SEED + sequences);
            }
        } finally {
            engines.values().forEach(Engine::close);
        }
        System.out.printf("MODEL sequences %d x 3 stores, calls %d, differences 0%n", sequences, 3 * sequences * LENGTH);
    }

    private void play(Engine engine, List<Call> calls, String store, long seed) {
        try {
            play(engine, calls, PATIENCE);
        } catch (Difference difference) {
            throw new AssertionError("store %s, -Ddbosj.seed=%d: %s%nwith the fewest calls: %s".formatted(
                    store, seed, difference.getMessage(), shrunk(engine, calls, Duration.ofSeconds(2))), difference);
        }
    }

    private void play(Engine engine, List<Call> calls, Duration patience) {
        new Calls(engine, "s%d-".formatted(++runs), patience).make(calls);
    }

    /** Drops calls, many at a time and then one by one, as long as what is left differs. */
    private Difference shrunk(Engine engine, List<Call> calls, Duration patience) {
        var left = calls;
        Difference last = null;
        for (int many = left.size() / 2; many > 0; many /= 2) {
            for (int from = 0; from + many <= left.size(); ) {
                var fewer = new ArrayList<>(left);
                fewer.subList(from, from + many).clear();
                try {
                    play(engine, fewer, patience);
                    from += many;
                } catch (Difference difference) {
                    last = difference;
                    left = fewer;
                }
            }
        }
        return last == null ? new Difference("all of them are needed") : last;
    }

    @Tag("canary")
    @ParameterizedTest
    @ValueSource(strings = {FaultyProvider.LIST, FaultyProvider.CANCEL})
    void aFaultOfAStoreIsFoundAndCutDown(String fault) {
        try (var engine = new Engine(fault + "memory:" + UUID.randomUUID())) {
            var patience = Duration.ofMillis(500);
            for (int i = 0; i < 300; i++) {
                var calls = Call.sequence(i, LENGTH);
                try {
                    play(engine, calls, patience);
                } catch (Difference found) {
                    assertThat(found.getMessage()).startsWith(fault.equals(FaultyProvider.LIST) ? "list" : "state");
                    var left = shrunk(engine, calls, patience).getMessage();
                    long fewest = left.lines().filter(line -> line.startsWith("    ")).count();
                    System.out.printf("MODEL canary %s caught by seed %d, calls %d%n", fault.replace(":", ""), i, fewest);
                    assertThat(fewest).isLessThanOrEqualTo(8);
                    return;
                }
            }
        }
        throw new AssertionError(fault + " was not found");
    }
}
