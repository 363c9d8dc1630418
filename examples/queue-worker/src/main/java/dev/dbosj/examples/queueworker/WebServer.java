package dev.dbosj.examples.queueworker;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.dbosj.exceptions.SystemDatabaseException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers HTTP requests from this machine, each on a virtual thread. */
final class WebServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);
    private static final String LOOPBACK = "127.0.0.1";
    private static final Map<String, String> HEADERS = Map.of(
            "Cache-Control", "no-store",
            "Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Cross-Origin-Resource-Policy", "same-origin",
            "Referrer-Policy", "no-referrer",
            "X-Content-Type-Options", "nosniff");

    private final HttpServer http;
    private final ExecutorService threads;
    private final Routes routes;

    private WebServer(HttpServer http, ExecutorService threads, Routes routes) {
        this.http = http;
        this.threads = threads;
        this.routes = routes;
    }

    /** @param port 0 for any that is free */
    static WebServer start(int port, Routes routes) throws IOException {
        var http = bind(port);
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        var server = new WebServer(http, threads, routes);
        http.setExecutor(threads);
        http.createContext("/", server::handle);
        http.start();
        return server;
    }

    private static HttpServer bind(int port) throws IOException {
        try {
            return HttpServer.create(new InetSocketAddress(LOOPBACK, port), 0);
        } catch (BindException refused) {
            var message = "port %d cannot be used: %s; --port 0 finds a free one".formatted(port, refused.getMessage());
            throw new IOException(message, refused);
        }
    }

    URI address() {
        return URI.create("http://%s:%d/".formatted(LOOPBACK, http.getAddress().getPort()));
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            send(exchange, answer(exchange));
        }
    }

    private Answer answer(HttpExchange exchange) throws IOException {
        try {
            Visitor.requireWelcome(exchange.getRequestHeaders());
            return routes.answer(exchange);
        } catch (Refusal refusal) {
            return refusal.answer();
        } catch (SystemDatabaseException unavailable) {
            LOG.warn("no answer to {}: {}", exchange.getRequestURI(), unavailable.getMessage());
            return Answer.error(Answer.UNAVAILABLE, "The database does not answer.");
        } catch (RuntimeException bug) {
            LOG.error("no answer to {}", exchange.getRequestURI(), bug);
            return Answer.error(Answer.INTERNAL_ERROR, "The web server has failed; its log says why.");
        }
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        var headers = exchange.getResponseHeaders();
        HEADERS.forEach(headers::set);
        headers.set("Content-Type", answer.contentType());
        if (answer.allow() != null) headers.set("Allow", answer.allow());
        if (exchange.getRequestMethod().equals("HEAD")) {
            headers.set("Content-Length", String.valueOf(answer.body().length));
            exchange.sendResponseHeaders(answer.status(), -1);
        } else {
            exchange.sendResponseHeaders(answer.status(), answer.body().length);
            // Closed here, so that the answer is sent before the rest of a refused body is waited for.
            try (var body = exchange.getResponseBody()) {
                body.write(answer.body());
            }
        }
    }

    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
    }
}
