package dev.dbosj.examples.queueworker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.postgres.PostgresServer;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands, in real processes. */
class ProgramIT {
    private static final int TERMINATED = 128 + 15;

    @TempDir
    private Path home;

    @Test
    void oneCommandStartsBothAndEndsBoth() throws Exception {
        try (var both = Program.start(home, "--port=0", "--step-millis=1")) {
            enqueue(both.address());
            both.await("Step 10 completed!");
            var worker = worker(both);
            both.stop();

            assertThat(both.awaitExit()).isEqualTo(TERMINATED);
            assertThat(worker.isAlive()).isFalse();
            assertThat(both.output()).doesNotContain("is gone", "Exception");
        }
    }

    @Test
    void whenItsWorkerIsKilledTheServerSaysHowToGoOn() throws Exception {
        try (var both = Program.start(home, "--port=0", "--step-millis=300")) {
            enqueue(both.address());
            awaitListed(both.address(), ".*\"steps_completed\":2.*");
            worker(both).destroyForcibly();
            both.await("is gone, and the bars stand still");

            try (var next = Program.start(home, "worker", "--step-millis=1")) {
                next.await("Step 10 completed!");
                assertThat(both.steps().size() + next.steps().size()).as("no step twice").isEqualTo(10);
                next.stop();
                assertThat(next.awaitExit()).isEqualTo(TERMINATED);
            }
        }
    }

    @Test
    void onPostgresTheOtherWorkerTakesOverWithoutAnybodysHelp() throws Exception {
        var database = "--db=" + PostgresServer.freshDatabase();
        var stepTime = "--step-millis=200";
        try (var both = Program.start(home, "--port=0", database, stepTime);
                var other = Program.start(home, "worker", database, stepTime)) {
            both.await("waits for workflows");
            other.await("waits for workflows");
            for (int i = 0; i < 8; i++) enqueue(both.address());
            both.await("Step 1 completed!");
            worker(both).destroyForcibly();

            awaitListed(both.address(), ".*(SUCCESS.*){8}");
            assertThat(other.output()).contains("Step 10 completed!").doesNotContain("Exception");
        }
    }

    @Test
    void aKilledServerTakesTheWorkerThatItStartedAlong() throws Exception {
        try (var both = Program.start(home, "--port=0")) {
            both.await("waits for workflows");
            var worker = worker(both);
            both.kill();

            assertThat(worker.onExit().get(30, TimeUnit.SECONDS).isAlive()).isFalse();
        }
    }

    @Test
    void whatCannotBeIsToldInOneLine() throws Exception {
        try (var taken = new ServerSocket(0)) {
            var port = "--port=" + taken.getLocalPort();
            assertRefused(1, "failed: port \\d+ cannot be used.*--port 0.*", "server", port);
        }
        assertRefused(1, "failed: .*a folder that does not exist.*", "worker", "--db=sqlite:/no/such/folder/test.db");
        assertRefused(2, "--port 70000 is outside 0..65535.*--help", "--port=70000");
        assertRefused(2, ".*'nothing'.*--help", "nothing");
    }

    private void assertRefused(int exitCode, String message, String... arguments) throws Exception {
        try (var program = Program.start(home, arguments)) {
            assertThat(program.awaitExit()).isEqualTo(exitCode);
            assertThat(program.output().strip()).matches(message);
        }
    }

    private static void enqueue(URI address) throws Exception {
        var request = HttpRequest.newBuilder(address.resolve("api/workflows")).POST(BodyPublishers.noBody()).build();
        try (var client = HttpClient.newHttpClient()) {
            assertThat(client.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(202);
        }
    }

    private static void awaitListed(URI address, String pattern) throws Exception {
        var request = HttpRequest.newBuilder(address.resolve("api/workflows")).build();
        try (var client = HttpClient.newHttpClient()) {
            while (!client.send(request, BodyHandlers.ofString()).body().matches(pattern)) Thread.sleep(10);
        }
    }

    private static ProcessHandle worker(Program both) throws Exception {
        return ProcessHandle.of(Long.parseLong(both.await("kill -9 (\\d+)").group(1))).orElseThrow();
    }
}
