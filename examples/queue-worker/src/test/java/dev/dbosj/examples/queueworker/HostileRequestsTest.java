package dev.dbosj.examples.queueworker;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import dev.dbosj.DBOS;
import dev.dbosj.DBOSClient;
import dev.dbosj.DBOSConfig;
import dev.dbosj.hostile.HostileTexts;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests as no browser sends them: nothing is run, shown as markup, read from the disk, or kept waiting by others. */
@Tag("T11")
@Timeout(60)
class HostileRequestsTest {
    private static final int SLOW = 50;

    @TempDir
    private Path folder;

    private String databaseUrl;
    private Site site;
    private DBOSClient client;
    private int requests;

    @BeforeEach
    void open() throws IOException {
        databaseUrl = "sqlite:" + folder.resolve("test.db");
        site = Site.open(databaseUrl, 0);
        client = DBOSClient.connect(databaseUrl);
    }

    @AfterEach
    void close() {
        client.close();
        site.close();
    }

    /** Another program's workflow of the same name, whose failure is a text of its choice. */
    static final class Stranger {
        @Workflow(name = Agreement.WORKFLOW)
        String fails(String text) {
            throw new IllegalStateException(text);
        }
    }

    @Test
    void noTextInAnAddressABodyOrTheDatabaseIsMoreThanText() throws Exception {
        var texts = new ArrayList<>(HostileTexts.storable());
        texts.addAll(List.of("\u0000", "x".repeat(256), "x".repeat(5_000)));
        int before = client.listWorkflows(WorkflowFilter.all().limit(10_000)).size();
        for (var text : texts) {
            var encoded = URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
            var plain = text.replaceAll("[\\s\\p{Cntrl}]", "").replaceAll("[^ -~]", "");
            var body = "{\"num_steps\":\"" + text + "\"}";
            requireHarmless(send("GET /" + encoded, "", ""), text);
            requireHarmless(send("GET /" + plain, "", ""), text);
            requireHarmless(send("GET /api/workflows?x=" + encoded, "", ""), text);
            requireHarmless(send("POST /api/workflows/" + encoded + "/cancel", "", ""), text);
            requireHarmless(send("POST /api/workflows/" + plain + "/resume", "", ""), text);
            requireHarmless(send("POST /api/workflows", "Content-Type: application/json\r\n", body), text);
            requireHarmless(send("POST /api/workflows", "Content-Type: " + plain + "\r\n", body), text);
            requireRefused(send("GET /", "Origin: " + plain + "\r\n", ""), text);
        }
        assertThat(client.listWorkflows(WorkflowFilter.all().limit(10_000))).as("enqueued by a bad body").hasSize(before);
        listFailuresOfStrangers();
        System.out.printf("HOSTILE page, inputs %d, doors 9, requests %d, injected 0, reflected 0%n", texts.size(), requests);
    }

    private void listFailuresOfStrangers() throws Exception {
        var config = DBOSConfig.named("stranger").databaseUrl(databaseUrl).shutdownHook(false);
        var texts = HostileTexts.storable().subList(0, 90);
        try (var dbos = DBOS.launch(config, new Stranger())) {
            dbos.registerQueue(WorkflowQueue.named(Agreement.QUEUE));
            for (var text : texts) dbos.enqueue(WorkflowOptions.id("s " + text), Agreement.QUEUE, Agreement.WORKFLOW, text);
            for (var text : texts)
                while (!dbos.getWorkflow("s " + text).status().isTerminal()) Thread.sleep(5);
        }
        var answer = send("GET /api/workflows", "", "");
        requireHarmless(answer, "<script>");
        var rows = JsonParser.parseString(answer.substring(answer.indexOf("\r\n\r\n") + 4)).getAsJsonArray();
        assertThat(rows.asList()).extracting(row -> row.getAsJsonObject().get("error").getAsString()).containsAll(texts);
    }

    /** The answer as it went over the wire. */
    private String send(String request, String headers, String body) throws IOException {
        requests++;
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        var head = "%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%sContent-Length: %d\r\n\r\n";
        return exchange(head.formatted(request, headers, bytes.length), bytes);
    }

    private String exchange(String head, byte[] body) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), site.address().getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().write(body);
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The first line of the answer: the rest of a long body is still expected then. */
    private String status(String head, byte[] body) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), site.address().getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().write(body);
            socket.getOutputStream().flush();
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)).readLine();
        }
    }

    private static void requireHarmless(String answer, String text) {
        var about = "%s was answered with %s".formatted(text, answer);
        assertThat(answer).as(about).matches("(?s)HTTP/1\\.1 \\d{3} .*");
        assertThat(answer).as(about).doesNotStartWith("HTTP/1.1 5");
        var body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
        boolean ours = answer.toLowerCase(Locale.ROOT).contains("content-security-policy");
        if (!ours) { // refused by the server itself, which cannot read it
            assertThat(answer).as(about).matches("(?s)HTTP/1\\.1 40[04] .*");
            assertThat(body).as(about).doesNotContain("<script", "<img", "<svg");
            return;
        }
        assertThat(answer.toLowerCase(Locale.ROOT)).as(about).contains("x-content-type-options: nosniff");
        if (answer.contains("application/json")) assertThat(body).as(about).doesNotContain("<", "root:", "Exception", "\tat ");
        else assertThat(answer).as(about).startsWith("HTTP/1.1 200");
    }

    private static void requireRefused(String answer, String text) {
        requireHarmless(answer, text);
        if (!text.isBlank()) assertThat(answer).as("from the site %s", text).matches("(?s)HTTP/1\\.1 (403|200|400) .*");
    }

    @Test
    void anotherHostOrSiteIsSentAway() throws IOException {
        for (var host : List.of("example.com", "localhost.example.com", "127.0.0.1.example.com", "example.com:80", "0.0.0.0", "[::1]", "",
                "localhost@example.com", "127.1", "2130706433", "localhost:99999999", "localhost/", "LOCALHOST.")) {
            assertThat(exchange("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n", new byte[0]))
                    .as(host)
                    .matches("(?s)HTTP/1\\.1 40[03] .*");
        }
        for (var origin : List.of("null", "http://example.com", "https://localhost", "http://localhost:1", "file://", "http://localhost.example.com"))
            assertThat(send("POST /api/workflows", "Origin: " + origin + "\r\n", "")).as(origin).startsWith("HTTP/1.1 403");
        assertThat(client.listWorkflows(WorkflowFilter.all())).isEmpty();
    }

    @Test
    void aBodyWithoutEndIsReadNoFurtherThanItMayBe() throws IOException {
        var head = "POST /api/workflows HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n";
        assertThat(status(head + "Content-Length: 1000000\r\n\r\n", new byte[8_000])).startsWith("HTTP/1.1 413");
        var chunk = "1000\r\n" + "x".repeat(0x1000) + "\r\n";
        assertThat(status(head + "Transfer-Encoding: chunked\r\n\r\n", chunk.repeat(2).getBytes(StandardCharsets.UTF_8)))
                .startsWith("HTTP/1.1 413");
        assertThat(client.listWorkflows(WorkflowFilter.all())).isEmpty();
    }

    @Test
    void aContentTypeOfNothingButASemicolonIsOfAnotherType() throws IOException {
        assertThat(send("POST /api/workflows", "Content-Type: ;\r\n", "{}")).startsWith("HTTP/1.1 415");
    }

    @Test
    void whoSendsSlowlyKeepsNobodyElseWaiting() throws IOException {
        var slow = new ArrayList<Socket>();
        try {
            for (int i = 0; i < SLOW; i++) {
                var socket = new Socket(InetAddress.getLoopbackAddress(), site.address().getPort());
                slow.add(socket);
                var begun = i % 2 == 0
                        ? "GET / HTTP/1.1\r\nHost: local"
                        : "POST /api/workflows HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\n{";
                socket.getOutputStream().write(begun.getBytes(StandardCharsets.UTF_8));
                socket.getOutputStream().flush();
            }
            long begin = System.nanoTime();
            assertThat(send("GET /", "", "")).startsWith("HTTP/1.1 200");
            assertThat(send("POST /api/workflows", "", "")).startsWith("HTTP/1.1 202");
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
        } finally {
            for (var socket : slow) socket.close();
        }
    }

    @Test
    void theServerListensOnThisMachineOnly() throws IOException {
        var others = NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .toList();
        for (var address : others) {
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, site.address().getPort()), 1_000);
                throw new AssertionError("the server answers at " + address);
            } catch (IOException refused) {
                assertThat(refused.getMessage()).isNotNull();
            }
        }
    }

    /** An answer that repeats what it was asked for is what this test is to find. */
    @Test
    @Tag("canary")
    void anAnswerThatRepeatsTheRequestIsNoticed() {
        long noticed = HostileTexts.storable().stream().filter(text -> {
            try {
                requireHarmless("HTTP/1.1 200 OK\r\nContent-Security-Policy: x\r\nX-Content-Type-Options: nosniff\r\n"
                        + "Content-Type: application/json\r\n\r\n{\"error\":\"" + text + "\"}", text);
                return false;
            } catch (AssertionError caught) {
                return true;
            }
        }).count();
        assertThat(noticed).isGreaterThan(5);
        System.out.printf("HOSTILE canary repeating answer caught by inputs %d%n", noticed);
    }
}
