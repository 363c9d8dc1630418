package dev.dbosj.examples.queueworker;

import dev.dbosj.DBOSClient;
import java.io.IOException;
import java.net.URI;

/** The web server and its connection to the system database. It runs no workflows. */
final class Site implements AutoCloseable {
    private final DBOSClient client;
    private final WebServer server;

    private Site(DBOSClient client, WebServer server) {
        this.client = client;
        this.server = server;
    }

    /** @param port 0 for any that is free */
    static Site open(String databaseUrl, int port) throws IOException {
        var client = DBOSClient.connect(databaseUrl);
        try {
            return new Site(client, WebServer.start(port, new Routes(new Workflows(client), Page.load())));
        } catch (IOException failure) {
            client.close();
            throw failure;
        }
    }

    URI address() {
        return server.address();
    }

    @Override
    public void close() {
        server.close();
        client.close();
    }
}
