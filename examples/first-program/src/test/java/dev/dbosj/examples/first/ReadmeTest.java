package dev.dbosj.examples.first;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows is what the build compiles, and it does what the README says. */
class ReadmeTest {
    private static final Path SOURCE = Path.of("src/main/java/dev/dbosj/examples/first/Ingest.java");
    private static final Path README = Path.of("../../README.md");

    @Test
    void theReadmeShowsTheProgramAsItIsCompiled() throws IOException {
        var source = Files.readString(SOURCE);
        var program = source.substring(source.indexOf("// tag::program[]\n") + 18, source.indexOf("// end::program[]"));

        assertThat(Files.readString(README)).contains("```java\n" + program + "```");
    }

    @Test
    void runAgainItJoinsTheRunThatExists(@TempDir Path folder) throws Exception {
        var first = Files.writeString(folder.resolve("first.txt"), "one\ftwo\fthree");
        var second = Files.writeString(folder.resolve("second.txt"), "four");
        var urls = List.of(first.toUri().toString(), second.toUri().toString());

        assertThat(run(folder, urls)).contains("page 3: three", "4 pages");

        Files.delete(first);
        Files.delete(second);
        assertThat(run(folder, urls)).isEqualTo("4 pages\n");
    }

    private static String run(Path folder, List<String> urls) throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command = new ArrayList<>(List.of(java, "--enable-native-access=ALL-UNNAMED",
                "-cp", System.getProperty("java.class.path"), Ingest.class.getName()));
        command.addAll(urls);
        var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().remove("DBOS_SYSTEM_DATABASE_URL");
        var process = builder.start();
        try {
            var output = new String(process.getInputStream().readAllBytes());
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            return output;
        } finally {
            process.destroyForcibly();
        }
    }
}
