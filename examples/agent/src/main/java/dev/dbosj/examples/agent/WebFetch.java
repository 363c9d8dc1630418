package dev.dbosj.examples.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.time.Duration;
import org.jsoup.Connection;
import org.jsoup.Jsoup;

/**
 * Fetches pages that a model wants to see, and so nobody has vetted: http and https only, so many bytes and seconds at
 * most, and nothing from the networks that only this machine can reach. Thread-safe.
 */
final class WebFetch {
    private static final int MAX_REDIRECTS = 5;

    private final boolean everywhere;
    private final int maxBytes;
    private final Duration timeout;

    /**
     * @param everywhere whether addresses that are not public may be fetched from, too
     * @param maxBytes where a page is cut off
     * @param timeout for each of up to five redirects, from the connection to the last byte
     */
    WebFetch(boolean everywhere, int maxBytes, Duration timeout) {
        this.everywhere = everywhere;
        this.maxBytes = maxBytes;
        this.timeout = timeout;
    }

    /**
     * The text of a page.
     *
     * @throws ToolException if there is none, or it may not be fetched
     */
    String fetch(String url) throws ToolException {
        var uri = parse(url);
        for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
            requireAllowed(uri);
            var response = get(uri);
            if (!response.hasHeader("Location")) return textOf(response);
            uri = uri.resolve(parse(response.header("Location"))); // where it leads is not vetted either
        }
        throw new ToolException("it redirects more than %d times".formatted(MAX_REDIRECTS));
    }

    private static URI parse(String url) throws ToolException {
        try {
            return new URI(url.strip());
        } catch (URISyntaxException malformed) {
            throw new ToolException("it is not a URL: " + malformed.getMessage());
        }
    }

    private void requireAllowed(URI uri) throws ToolException {
        if (!"http".equalsIgnoreCase(uri.getScheme()) && !"https".equalsIgnoreCase(uri.getScheme()))
            throw new ToolException("only http:// and https:// are allowed");
        if (uri.getHost() == null || uri.getUserInfo() != null)
            throw new ToolException("it must name a host, and no user");
        if (everywhere) return;
        try {
            for (var address : InetAddress.getAllByName(uri.getHost()))
                if (!PublicAddress.isPublic(address))
                    throw new ToolException("%s is not a public address".formatted(uri.getHost()));
        } catch (UnknownHostException unknown) {
            throw new ToolException("there is no host %s".formatted(uri.getHost()));
        }
    }

    private Connection.Response get(URI uri) throws ToolException {
        try {
            return Jsoup.connect(uri.toString())
                    .userAgent("dbosj-example-agent")
                    .timeout((int) timeout.toMillis())
                    .maxBodySize(maxBytes)
                    .followRedirects(false)
                    .ignoreHttpErrors(true)
                    .ignoreContentType(true)
                    .execute()
                    .readFully();
        } catch (IOException failure) {
            throw new ToolException("no answer: " + failure.getMessage());
        }
    }

    private static String textOf(Connection.Response response) throws ToolException {
        if (response.statusCode() != 200) throw new ToolException("the server answered " + response.statusCode());
        try {
            var type = response.contentType() == null ? "" : response.contentType();
            if (type.startsWith("text/html")) return response.parse().text();
            if (type.startsWith("text/") || type.startsWith("application/json")) return response.body();
            throw new ToolException("it is no text but '%s'".formatted(type));
        } catch (IOException unreadable) {
            throw new ToolException("it is not readable: " + unreadable.getMessage());
        }
    }
}
