package dev.dbosj.payload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.json.JsonCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A fuzzer that sees which branches a text takes looks for one that crashes the codec, or makes it load a class. */
@Tag("T10")
@Timeout(600)
class FuzzTest {
    private static final int SECONDS = Integer.getInteger("dbosj.seconds", 10);
    private static final int SEED = 1 + (int) Math.floorMod(Long.getLong("dbosj.seed", System.nanoTime()), 1_000_000_000L);
    private static final Pattern DONE = Pattern.compile("Done (\\d+) runs");

    static boolean isLongForm() {
        return "true".equals(System.getenv("CI")) || System.getProperty("dbosj.seconds") != null;
    }

    @Test
    @EnabledIf("isLongForm")
    void noTextCrashesTheCodec(@TempDir Path folder) throws Exception {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+EnableDynamicAgentLoading",
                        "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                        "com.code_intelligence.jazzer.Jazzer", "--target_class=" + CodecFuzz.class.getName(),
                        "--instrumentation_includes=dev.dbosj.json.**:com.google.gson.**", "-max_total_time=" + SECONDS, "-seed=" + SEED,
                        "-artifact_prefix=" + folder + "/", corpus(folder).toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        List<String> said;
        try (var output = process.inputReader(StandardCharsets.UTF_8)) {
            said = output.lines().toList();
        }
        assertThat(process.waitFor()).as("-Ddbosj.seed=%d%n%s", SEED, String.join("\n", said)).isZero();
        var done = DONE.matcher(said.stream().collect(Collectors.joining("\n")));
        assertThat(done.find()).as(String.join("\n", said)).isTrue();
        long runs = Long.parseLong(done.group(1));
        assertThat(runs).isPositive();
        System.out.printf("PAYLOAD guided, fuzz executions %d, crashes 0%n", runs);
    }

    /** Good and bad texts to begin with. */
    private static Path corpus(Path folder) throws IOException {
        var corpus = Files.createDirectory(folder.resolve("corpus"));
        var json = new JsonCodec(16 << 20);
        int type = 0;
        for (var value : Payloads.values().entrySet()) seed(corpus, type++, json.encode(value.getValue(), value.getKey()));
        for (var text : Payloads.hostile()) if (text.length() < 5_000) seed(corpus, type++, text);
        return corpus;
    }

    private static void seed(Path corpus, int type, String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var data = new byte[bytes.length + 1];
        data[0] = (byte) (type % Payloads.values().size());
        System.arraycopy(bytes, 0, data, 1, bytes.length);
        Files.write(corpus.resolve("seed-" + type), data);
    }
}
