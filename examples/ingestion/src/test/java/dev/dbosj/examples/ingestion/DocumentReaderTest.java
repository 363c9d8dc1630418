package dev.dbosj.examples.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentReaderTest {
    @TempDir
    private Path folder;

    private final DocumentReader reader = new DocumentReader();
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/page", exchange -> answer(exchange, 200, "text/html; charset=\"ISO-8859-1\""));
        server.createContext("/guide.md", exchange -> answer(exchange, 200, "application/octet-stream"));
        server.createContext("/image", exchange -> answer(exchange, 200, "image/png"));
        server.createContext("/missing", exchange -> answer(exchange, 404, "text/html"));
        server.createContext("/busy", exchange -> answer(exchange, 503, "text/html"));
        server.start();
    }

    @AfterEach
    void stop() throws IOException {
        server.stop(0);
        reader.close();
    }

    private static void answer(HttpExchange exchange, int status, String mediaType) throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", mediaType);
            exchange.sendResponseHeaders(status, 0);
            exchange.getResponseBody().write("Grüße".getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void aFileIsReadInTheFormatOfItsName() throws Exception {
        var file = Files.writeString(folder.resolve("a b.md"), "# Text");

        var content = reader.read(Location.parse(file.toString()));

        assertThat(content.format()).isEqualTo(DocumentFormat.TEXT);
        assertThat(content.name()).isEqualTo("a b.md");
        assertThat(content.bytes()).asString(StandardCharsets.UTF_8).isEqualTo("# Text");
    }

    @Test
    void anEntryOfAJarIsRead() throws Exception {
        var jar = folder.resolve("lib.jar");
        Documents.jar(jar, List.of("org/x/Thing.html"));

        var content = reader.read(Location.parse(jar + "!/org/x/Thing.html"));

        assertThat(content.name()).isEqualTo("Thing.html");
        assertThat(content.bytes()).asString(StandardCharsets.UTF_8).contains("Text of org/x/Thing.html");
    }

    @Test
    void whatIsMissingIsRefused() throws Exception {
        var jar = folder.resolve("lib.jar");
        Documents.jar(jar, List.of("org/x/Thing.html"));

        assertThatExceptionOfType(UnreadableDocumentException.class)
                .isThrownBy(() -> reader.read(Location.parse(folder + "/none.txt")))
                .withMessage("it does not exist");
        assertThatExceptionOfType(UnreadableDocumentException.class)
                .isThrownBy(() -> reader.read(Location.parse(jar + "!/None.html")))
                .withMessage("lib.jar has no entry 'None.html'");
    }

    @Test
    void aWebPageComesInTheFormatAndCharacterSetThatTheServerNames() throws Exception {
        var content = reader.read(web("/page"));

        assertThat(content.format()).isEqualTo(DocumentFormat.HTML);
        assertThat(content.name()).isEqualTo("page");
        assertThat(DocumentParser.parse(content).pages()).containsExactly(new Page(1, "Grüße"));
    }

    @Test
    void theNameOfAWebPageTellsItsFormatWhenTheServerDoesNot() throws Exception {
        assertThat(reader.read(web("/guide.md")).format()).isEqualTo(DocumentFormat.TEXT);
    }

    @Test
    void aWebPageThatCannotBeReadIsRefusedAndABusyServerIsWorthAnotherTry() {
        assertThatExceptionOfType(UnreadableDocumentException.class)
                .isThrownBy(() -> reader.read(web("/missing")))
                .withMessage("the server answered 404");
        assertThatExceptionOfType(UnreadableDocumentException.class)
                .isThrownBy(() -> reader.read(web("/image")))
                .withMessage("'image/png' is of no format that can be read");
        assertThatExceptionOfType(ServerBusyException.class)
                .isThrownBy(() -> reader.read(web("/busy")))
                .withMessage("the server answered 503");
        server.stop(0);
        assertThatExceptionOfType(ServerBusyException.class).isThrownBy(() -> reader.read(web("/page")));
    }

    private Location web(String path) {
        var address = server.getAddress();
        return Location.parse("http://%s:%d%s".formatted(address.getHostString(), address.getPort(), path));
    }
}
