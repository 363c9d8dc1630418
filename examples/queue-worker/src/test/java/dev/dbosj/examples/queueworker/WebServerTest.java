package dev.dbosj.examples.queueworker;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.dbosj.DBOS;
import dev.dbosj.DBOSClient;
import dev.dbosj.DBOSConfig;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.workflow.WorkflowQueue;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests to the real server on a system database in a file. */
class WebServerTest {
    private static final String JSON = "application/json";
    private static final String WORKFLOWS = "api/workflows";
    private static final Duration NO_TIME = Duration.ZERO;
    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    private String databaseUrl;
    private Site site;
    private DBOSClient client;
    private final HttpClient browser = HttpClient.newHttpClient();

    @BeforeEach
    void open() throws IOException {
        databaseUrl = "sqlite:" + folder.resolve("test.db");
        site = Site.open(databaseUrl, 0);
        client = DBOSClient.connect(databaseUrl);
    }

    @AfterEach
    void close() {
        browser.close();
        client.close();
        site.close();
    }

    @Test
    void whatIsEnqueuedIsListedNewestFirst() throws Exception {
        assertThat(list()).isEmpty();
        var older = post(WORKFLOWS, "");
        var newer = post(WORKFLOWS, "{\"num_steps\": 3}");

        assertThat(older.statusCode()).isEqualTo(202);
        assertThat(object(older).get("status").getAsString()).isEqualTo("enqueued");
        assertThat(ids(list())).containsExactly(id(newer), id(older));
        var row = list().get(0).getAsJsonObject();
        assertThat(row.get("workflow_status").getAsString()).isEqualTo("ENQUEUED");
        assertThat(Instant.parse(row.get("created_at").getAsString())).isBefore(Instant.now().plusSeconds(1));
        for (var unknown : new String[] {"steps_completed", "num_steps", "started_at", "completed_at", "error"})
            assertThat(row.get(unknown).isJsonNull()).as(unknown).isTrue();
    }

    @Test
    void theListSaysWhatWorkersHaveDone() throws Exception {
        var ten = post(WORKFLOWS, "");
        var three = post(WORKFLOWS, "{\"num_steps\": 3}");
        var failing = client.enqueue(Agreement.QUEUE, Agreement.WORKFLOW, 0).workflowId();
        try (var worker = worker(NO_TIME)) {
            for (var row : list()) awaitEnd(worker, row);
        }

        assertThat(row(id(ten)).get("workflow_status").getAsString()).isEqualTo("SUCCESS");
        assertThat(row(id(ten)).get("steps_completed").getAsInt()).isEqualTo(10);
        assertThat(row(id(ten)).get("num_steps").getAsInt()).isEqualTo(10);
        assertThat(row(id(three)).get("steps_completed").getAsInt()).isEqualTo(3);
        assertThat(row(id(three)).get("completed_at").isJsonNull()).isFalse();
        assertThat(row(failing).get("workflow_status").getAsString()).isEqualTo("ERROR");
        assertThat(row(failing).get("error").getAsString()).isEqualTo("numSteps 0 is outside 1..1000");
    }

    @Test
    void theListLeavesOutWorkflowsOfOtherPrograms() throws Exception {
        var other = client.enqueue("other-queue", "other").workflowId();

        assertThat(list()).isEmpty();
        assertThat(post(WORKFLOWS + "/" + other + "/cancel", "").statusCode()).isEqualTo(404);
        assertThat(client.getWorkflow(other).status().isTerminal()).isFalse();
    }

    @Test
    void aWorkflowIsCancelledAndResumed() throws Exception {
        var id = id(post(WORKFLOWS, "{\"num_steps\": 1}"));

        var cancelled = post(WORKFLOWS + "/" + id + "/cancel", "");
        assertThat(cancelled.statusCode()).isEqualTo(200);
        assertThat(object(cancelled).get("workflow_status").getAsString()).isEqualTo("CANCELLED");
        assertThat(post(WORKFLOWS + "/" + id + "/cancel", "").statusCode()).as("again").isEqualTo(200);

        var resumed = post(WORKFLOWS + "/" + id + "/resume", "");
        assertThat(resumed.statusCode()).isEqualTo(200);
        assertThat(object(resumed).get("workflow_status").getAsString()).isEqualTo("ENQUEUED");
        assertThat(post(WORKFLOWS + "/" + id + "/resume", "").statusCode()).as("again").isEqualTo(200);
    }

    @Test
    void aRunningWorkflowIsCancelledAndGoesOnWhereItWas() throws Exception {
        var id = id(post(WORKFLOWS, "{\"num_steps\": 2}"));
        try (var worker = worker(LONG)) {
            assertThat(worker.getEvent(id, Agreement.PROGRESS, Agreement.Progress.class, LONG)).isPresent();
            assertThat(row(id).get("workflow_status").getAsString()).isEqualTo("PENDING");
            post(WORKFLOWS + "/" + id + "/cancel", "");
            assertThat(row(id).get("workflow_status").getAsString()).isEqualTo("CANCELLED");
        }
        post(WORKFLOWS + "/" + id + "/resume", "");
        try (var worker = worker(NO_TIME)) {
            awaitEnd(worker, row(id));
        }
        assertThat(row(id).get("steps_completed").getAsInt()).isEqualTo(2);
    }

    @Test
    void whatHasEndedCanNeitherBeCancelledNorResumed() throws Exception {
        var id = id(post(WORKFLOWS, "{\"num_steps\": 1}"));
        try (var worker = worker(NO_TIME)) {
            awaitEnd(worker, row(id));
        }

        for (var change : new String[] {"cancel", "resume"}) {
            var answer = post(WORKFLOWS + "/" + id + "/" + change, "");
            assertThat(answer.statusCode()).as(change).isEqualTo(409);
            assertThat(object(answer).get("error").getAsString()).contains("has ended and is SUCCESS");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{", "[]", "null", "7", "{\"num_steps\": 0}", "{\"num_steps\": 1001}", "{\"num_steps\": 2.5}",
        "{\"num_steps\": \"many\"}", "{\"num_steps\": [1]}", "{num_steps: 1}", "{\"num_steps\": 1} {}",
        "{\"num_steps\": 99999999999}"
    })
    void aWrongBodyEnqueuesNothing(String body) throws Exception {
        var answer = post(WORKFLOWS, body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(object(answer).get("error").getAsString()).isNotBlank();
        assertThat(list()).isEmpty();
    }

    @Test
    void aBodyOfAnotherTypeOrTooLargeEnqueuesNothing() throws Exception {
        var form = request(WORKFLOWS).header("Content-Type", "text/plain").POST(BodyPublishers.ofString("{}"));

        assertThat(send(form).statusCode()).isEqualTo(415);
        assertThat(post(WORKFLOWS, " ".repeat(2_000) + "{}").statusCode()).isEqualTo(413);
        assertThat(list()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET    | nowhere                     | 404 |
            GET    | api                         | 404 |
            GET    | api/workflows/              | 404 |
            GET    | index.html                  | 404 |
            GET    | style.css/../../secret      | 404 |
            GET    | %2e%2e/app.js               | 404 |
            POST   | nowhere                     | 404 |
            POST   | api/workflows/unknown/cancel | 404 |
            POST   | api/workflows/unknown/resume | 404 |
            POST   | api/workflows/unknown/delete | 404 |
            POST   | api/workflows/%20/cancel    | 404 |
            GET    | api/workflows/unknown/cancel | 405 | POST
            DELETE | api/workflows               | 405 | GET, HEAD, POST
            PUT    | app.js                      | 405 | GET, HEAD
            """)
    void wrongAddressesAndMethodsAreTold(String method, String path, int status, String allow) throws Exception {
        var answer = send(request(path).method(method, BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(object(answer).get("error").getAsString()).isNotBlank();
        assertThat(answer.headers().firstValue("Allow").orElse(null)).isEqualTo(allow);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''            | text/html; charset=utf-8
            style.css     | text/css; charset=utf-8
            app.js        | text/javascript; charset=utf-8
            icon.svg      | image/svg+xml
            api/workflows | application/json; charset=utf-8
            """)
    void everyAnswerTellsTheBrowserToTrustNothingElse(String path, String contentType) throws Exception {
        var got = send(request(path));
        var head = send(request(path).method("HEAD", BodyPublishers.noBody()));

        assertThat(got.statusCode()).isEqualTo(200);
        assertThat(got.body()).isNotEmpty();
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("Content-Length")).isEqualTo(got.headers().firstValue("Content-Length"));
        for (var answer : new HttpResponse<?>[] {got, head}) {
            var headers = answer.headers();
            assertThat(headers.firstValue("Content-Type")).hasValue(contentType);
            assertThat(headers.firstValue("X-Content-Type-Options")).hasValue("nosniff");
            assertThat(headers.firstValue("Cache-Control")).hasValue("no-store");
            assertThat(headers.firstValue("Content-Security-Policy").orElseThrow())
                    .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe");
        }
    }

    @Test
    void onlyThisMachinesOwnPagesAreServed() throws Exception {
        var here = "localhost:" + site.address().getPort();

        assertThat(statusOf(Map.of("Host", here))).isEqualTo(202);
        assertThat(statusOf(Map.of("Host", here, "Origin", "http://" + here))).isEqualTo(202);
        assertThat(list()).hasSize(2);

        assertThat(statusOf(Map.of("Host", "evil.example"))).as("a name that leads here").isEqualTo(403);
        assertThat(statusOf(Map.of("Host", "localhost.evil.example"))).isEqualTo(403);
        assertThat(statusOf(Map.of("Host", here, "Origin", "http://evil.example"))).as("another site").isEqualTo(403);
        assertThat(statusOf(Map.of("Host", here, "Origin", "http://localhost:1"))).as("another server").isEqualTo(403);
        assertThat(statusOf(Map.of("Host", here, "Origin", "null"))).as("a file or a sandbox").isEqualTo(403);
        assertThat(list()).hasSize(2);
    }

    @Test
    void withoutItsDatabaseTheServerSaysSo() throws Exception {
        var gone = DBOSClient.connect(databaseUrl);
        gone.close();
        try (var server = WebServer.start(0, new Routes(new Workflows(gone), Page.load()))) {
            var answer = send(HttpRequest.newBuilder(server.address().resolve(WORKFLOWS)));

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(object(answer).get("error").getAsString()).contains("database");
        }
    }

    private DBOSRuntime worker(Duration stepTime) {
        var config = DBOSConfig.named("worker").databaseUrl(databaseUrl).shutdownGrace(NO_TIME);
        var dbos = DBOS.launch(config, new StepByStep(stepTime));
        dbos.registerQueue(WorkflowQueue.named(Agreement.QUEUE));
        return dbos;
    }

    private static void awaitEnd(DBOSRuntime worker, JsonElement row) throws InterruptedException {
        var id = row.getAsJsonObject().get("workflow_id").getAsString();
        while (!worker.getWorkflow(id).status().isTerminal()) Thread.sleep(10);
    }

    private JsonArray list() throws Exception {
        var answer = send(request(WORKFLOWS));
        assertThat(answer.statusCode()).isEqualTo(200);
        return JsonParser.parseString(answer.body()).getAsJsonArray();
    }

    private JsonObject row(String id) throws Exception {
        return StreamSupport.stream(list().spliterator(), false)
                .map(JsonElement::getAsJsonObject)
                .filter(row -> row.get("workflow_id").getAsString().equals(id))
                .findAny()
                .orElseThrow();
    }

    private static Iterable<String> ids(JsonArray rows) {
        return rows.asList().stream().map(row -> row.getAsJsonObject().get("workflow_id").getAsString()).toList();
    }

    private static String id(HttpResponse<String> enqueued) {
        return object(enqueued).get("workflow_id").getAsString();
    }

    private static JsonObject object(HttpResponse<String> answer) {
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json; charset=utf-8");
        return JsonParser.parseString(answer.body()).getAsJsonObject();
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return send(request(path).header("Content-Type", JSON).POST(BodyPublishers.ofString(body)));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(site.address() + path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return browser.send(request.build(), BodyHandlers.ofString());
    }

    /** By hand: a client that lies about the host is hard to find. */
    private int statusOf(Map<String, String> headers) throws IOException {
        var request = new StringBuilder("POST /api/workflows HTTP/1.1\r\n");
        headers.forEach((name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
        request.append("Content-Length: 0\r\nConnection: close\r\n\r\n");
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", site.address().getPort()));
            socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.US_ASCII));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return Integer.parseInt(answer.split(" ")[1]);
        }
    }
}
