package dev.dbosj.postgres;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands between client and server, message by message: it counts round trips, and loses what a test wants lost. */
public final class PostgresRelay implements AutoCloseable {
    private static final int SYNC = 'S';
    private static final int QUERY = 'Q';
    private static final String ENDS_OF_REQUESTS = "SQHXp"; // sync, query, flush, goodbye, password
    private static final int BIND = 'B';
    private static final int READY = 'Z';
    private static final int LARGE = 64 << 10;

    private final String url;
    private final String host;
    private final int port;
    private final ServerSocket entrance;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger roundTrips = new AtomicInteger();
    private final AtomicBoolean loseAnswer = new AtomicBoolean();
    private final AtomicInteger requestsUntilStall = new AtomicInteger(Integer.MAX_VALUE);
    private final AtomicBoolean stallInMessage = new AtomicBoolean();
    private final CountDownLatch stalled = new CountDownLatch(1);
    private final CountDownLatch proceed = new CountDownLatch(1);

    private PostgresRelay(String url) throws IOException {
        var target = URI.create(url);
        this.host = target.getHost();
        this.port = target.getPort() < 0 ? 5432 : target.getPort();
        this.entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.url = "postgresql://%s@localhost:%d%s?sslmode=disable&gssEncMode=disable"
                .formatted(target.getRawUserInfo(), entrance.getLocalPort(), target.getRawPath());
        start("entrance", this::accept, () -> {});
    }

    /** A relay to the server of that URL. */
    public static PostgresRelay before(String url) {
        try {
            return new PostgresRelay(url);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The same database, through this relay. */
    public String url() {
        return url;
    }

    /** How often the server was waited for. */
    public int roundTrips() {
        return roundTrips.get();
    }

    /** The next request of any connection is carried out, but before its answer comes the connection is cut. */
    public void loseNextAnswer() {
        loseAnswer.set(true);
    }

    /** Of the next large message only half is sent on. */
    public void stallInNextLargeMessage() {
        stallInMessage.set(true);
    }

    /** So many requests pass; nothing of what follows on that connection. */
    public void stallAfter(int requests) {
        requestsUntilStall.set(requests);
    }

    /** Waits until it has happened. */
    public void awaitStall() throws InterruptedException {
        stalled.await();
    }

    /** What was held back is sent on. */
    public void proceed() {
        proceed.countDown();
    }

    /** Cuts all connections. */
    public void cut() {
        for (var socket : open) closeQuietly(socket);
    }

    @Override
    public void close() {
        proceed();
        try {
            entrance.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        cut();
    }

    private void accept() throws IOException {
        while (true) {
            var client = entrance.accept();
            var server = new Socket(host, port);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            open.add(client);
            open.add(server);
            var link = new Link(client, server);
            start("requests", link::requests, link::end);
            start("answers", link::answers, link::end);
        }
    }

    /** One connection. */
    private final class Link {
        private final Socket client;
        private final Socket server;
        private volatile boolean loses;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void requests() throws IOException, InterruptedException {
            var from = new DataInputStream(client.getInputStream());
            var to = server.getOutputStream();
            to.write(message(-1, from)); // the first one has no type
            var request = new ByteArrayOutputStream();
            for (int type = from.read(); type >= 0; type = from.read()) {
                var message = message(type, from);
                if (type == BIND && message.length > LARGE && stallInMessage.compareAndSet(true, false)) {
                    to.write(request.toByteArray());
                    request.reset();
                    stallIn(message, to);
                } else {
                    request.write(message);
                }
                if (ENDS_OF_REQUESTS.indexOf(type) < 0) continue;
                if (type == SYNC || type == QUERY) {
                    if (requestsUntilStall.getAndDecrement() == 0) stall();
                    loses = loseAnswer.compareAndSet(true, false);
                    roundTrips.incrementAndGet();
                }
                to.write(request.toByteArray());
                request.reset();
            }
        }

        private void stallIn(byte[] message, OutputStream to) throws IOException, InterruptedException {
            to.write(message, 0, message.length / 2);
            stall();
            to.write(message, message.length / 2, message.length - message.length / 2);
        }

        private void stall() throws InterruptedException {
            stalled.countDown();
            proceed.await();
        }

        void answers() throws IOException {
            var from = new DataInputStream(server.getInputStream());
            var to = client.getOutputStream();
            for (int type = from.read(); type >= 0; type = from.read()) {
                var message = message(type, from);
                if (!loses) to.write(message);
                if (loses && type == READY) break;
            }
        }

        void end() {
            closeQuietly(client);
            closeQuietly(server);
            open.remove(client);
            open.remove(server);
        }
    }

    private static byte[] message(int type, DataInputStream from) throws IOException {
        int length = from.readInt();
        var bytes = new ByteArrayOutputStream(length + 1);
        var message = new DataOutputStream(bytes);
        if (type >= 0) message.writeByte(type);
        message.writeInt(length);
        message.write(from.readNBytes(length - 4));
        return bytes.toByteArray();
    }

    private interface Loop {
        void run() throws IOException, InterruptedException;
    }

    private static void start(String name, Loop loop, Runnable end) {
        Thread.ofPlatform().daemon().name("relay-" + name).start(() -> {
            try {
                loop.run();
            } catch (IOException | InterruptedException broken) {
                // the connection was closed on one side, and is now on the other
            } finally {
                end.run();
            }
        });
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
