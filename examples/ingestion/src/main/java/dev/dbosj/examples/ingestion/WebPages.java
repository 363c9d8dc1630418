package dev.dbosj.examples.ingestion;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.regex.Pattern;

/** Downloads documents. */
final class WebPages {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Pattern CHARSET = Pattern.compile("(?i)charset\\s*=\\s*\"?([\\w.:-]+)");

    /** Made when the first page is wanted: most runs need none, and it takes its time. */
    private static final class Client {
        static final HttpClient SHARED = HttpClient.newBuilder()
                .connectTimeout(TIMEOUT)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
    }

    private WebPages() {}

    static Content download(URI uri) throws IOException {
        var request = HttpRequest.newBuilder(uri)
                .timeout(TIMEOUT)
                .header("User-Agent", "dbosj-example-ingestion")
                .build();
        try {
            var response = Client.SHARED.send(request, BodyHandlers.ofInputStream());
            try (var body = response.body()) {
                return contentOf(response, body);
            }
        } catch (HttpTimeoutException | ConnectException unreachable) {
            throw new ServerBusyException("no answer from " + uri.getAuthority(), unreachable);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new UnreadableDocumentException("the download was interrupted", stopped);
        }
    }

    private static Content contentOf(HttpResponse<InputStream> response, InputStream body) throws IOException {
        int status = response.statusCode();
        if (status == 429 || status >= 500) throw new ServerBusyException("the server answered " + status);
        if (status != 200) throw new UnreadableDocumentException("the server answered " + status);
        var path = response.uri().getPath();
        var mediaType = response.headers().firstValue("Content-Type").orElse("");
        var format = DocumentFormat.ofMediaType(mediaType)
                .or(() -> DocumentFormat.ofFile(path))
                .orElseThrow(() -> UnreadableDocumentException.ofNoKnownFormat(mediaType));
        var charset = CHARSET.matcher(mediaType);
        var name = path.substring(path.lastIndexOf('/') + 1);
        return new Content(format, name.isEmpty() ? response.uri().getHost() : name, Content.readAll(body),
                charset.find() ? charset.group(1) : null);
    }
}
