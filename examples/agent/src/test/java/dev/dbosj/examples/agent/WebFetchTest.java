package dev.dbosj.examples.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebFetchTest {
    private static final int MOST_BYTES = 1_000;
    private static final Duration TIMEOUT = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger requests = new AtomicInteger();
    private final WebFetch everywhere = new WebFetch(true, MOST_BYTES, PATIENCE);
    private final WebFetch publicOnly = new WebFetch(false, MOST_BYTES, PATIENCE);
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void aPageIsItsText() throws ToolException {
        page("/", 200, "text/html; charset=utf-8",
                "<html><title>t</title><script>evil()</script><p>Grüße &amp; <b>mehr</b>");
        page("/plain", 200, "text/plain", "a\n b");
        page("/json", 200, "application/json", "{\"a\": 1}");

        assertThat(everywhere.fetch(url("/"))).isEqualTo("t Grüße & mehr");
        assertThat(everywhere.fetch(" " + url("/plain") + "\n")).isEqualTo("a\n b");
        assertThat(everywhere.fetch(url("/json"))).isEqualTo("{\"a\": 1}");
    }

    @Test
    void whatIsNoTextOrNoSuccessIsRefused() {
        page("/image", 200, "image/png", "\1\2");
        page("/missing", 404, "text/html", "not here");

        assertThatThrownBy(() -> everywhere.fetch(url("/image"))).hasMessage("it is no text but 'image/png'");
        assertThatThrownBy(() -> everywhere.fetch(url("/missing"))).hasMessage("the server answered 404");
    }

    @Test
    void aPageWithoutEndIsCutOff() throws ToolException {
        handle("/", exchange -> {
            exchange.getResponseHeaders().add("Content-Type", "text/plain");
            exchange.sendResponseHeaders(200, 0);
            while (true) exchange.getResponseBody().write("x".repeat(10_000).getBytes(StandardCharsets.US_ASCII));
        });

        assertThat(everywhere.fetch(url("/"))).hasSizeBetween(1, MOST_BYTES).containsOnlyOnce("x".repeat(MOST_BYTES));
    }

    @Test
    void aServerThatNeverAnswersOrTricklesIsNotWaitedFor() {
        var never = new CountDownLatch(1);
        handle("/silent", exchange -> await(never));
        handle("/trickling", exchange -> {
            exchange.getResponseHeaders().add("Content-Type", "text/plain");
            exchange.sendResponseHeaders(200, 0);
            while (true) {
                exchange.getResponseBody().write('x');
                exchange.getResponseBody().flush();
                Pause.of(TIMEOUT.dividedBy(10));
            }
        });

        var impatient = new WebFetch(true, MOST_BYTES, TIMEOUT);
        for (var path : new String[] {"/silent", "/trickling"}) {
            long begin = System.nanoTime();
            assertThatThrownBy(() -> impatient.fetch(url(path)))
                    .isInstanceOf(ToolException.class)
                    .hasMessageStartingWith("no answer");
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(PATIENCE.dividedBy(2));
        }
    }

    @Test
    void redirectsAreFollowedAFewTimesAndCheckedLikeTheFirst() throws ToolException {
        page("/end", 200, "text/plain", "here");
        redirect("/begin", "/end");
        redirect("/loop", "/loop");
        redirect("/file", "file:///etc/passwd");

        assertThat(everywhere.fetch(url("/begin"))).isEqualTo("here");
        assertThatThrownBy(() -> everywhere.fetch(url("/loop"))).hasMessage("it redirects more than 5 times");
        assertThatThrownBy(() -> everywhere.fetch(url("/file"))).hasMessage("only http:// and https:// are allowed");
    }

    @Test
    void thisMachineIsNotAskedUnderAnyOfItsNames() {
        page("/", 200, "text/plain", "secret");
        int port = server.getAddress().getPort();

        var names = new String[] {
            "localhost", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"
        };
        for (var host : names)
            assertThatThrownBy(() -> publicOnly.fetch("http://%s:%d/".formatted(host, port)))
                    .as(host)
                    .isInstanceOf(ToolException.class);
        assertThat(requests).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1", "https://192.168.1.1:8443/x",
        "http://[fd00::1]/", "http://nobody:secret@example.com/", "http:///path", "http:x", "file:///etc/passwd",
        "ftp://example.com/", "jar:http://a!/", "javascript:alert(1)", "//example.com/", "example.com",
        "http://exa mple.com/", "http://a_b.c\\@example.com/", "http://%00/", "no url at all", "http://host.invalid/"
    })
    void whatIsNotAPublicWebAddressIsRefused(String url) {
        assertThatThrownBy(() -> publicOnly.fetch(url)).isInstanceOf(ToolException.class);
    }

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private void page(String path, int status, String type, String body) {
        handle(path, exchange -> {
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", type);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        });
    }

    private void redirect(String path, String location) {
        handle(path, exchange -> {
            exchange.getResponseHeaders().add("Location", location);
            exchange.sendResponseHeaders(302, -1);
        });
    }

    private void handle(String path, Answer answer) {
        server.createContext(path, exchange -> {
            requests.incrementAndGet();
            try (exchange) {
                answer.to(exchange);
            }
        });
    }

    private String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
