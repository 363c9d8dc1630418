package dev.dbosj.postgres.faults;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/**
 * The way to a server, with ears and scissors: a TCP proxy on the loopback that reads what clients send, one request
 * after the other, and lets a test decide what becomes of each.
 */
public final class Wire implements AutoCloseable {
    /** What becomes of a request. */
    public sealed interface Fate {
        /** It arrives, and so does its answer. */
        record Pass() implements Fate {}

        /** The connection breaks when half of it has arrived. */
        record CutInRequest() implements Fate {}

        /** The connection breaks when it has arrived, before the answer. */
        record CutBeforeAnswer() implements Fate {}

        /** The connection breaks when so many bytes of the answer have arrived. */
        record CutInAnswer(int bytes) implements Fate {}

        /** The connection breaks at once, but the request arrives when the first latch opens, after which it opens the other. */
        record Late(CountDownLatch release, CountDownLatch done) implements Fate {}

        /** It never arrives, and nobody says so. */
        record Silence() implements Fate {}

        /** It arrives, and the client is stopped: it takes nothing of the answer, and the connection stays. */
        record Stop() implements Fate {}
    }

    public static final Fate PASS = new Fate.Pass();

    /** Decides on each request, given the statements that it executes. */
    @FunctionalInterface
    public interface Judge {
        Fate fate(List<String> statements);
    }

    private static final Set<Character> ENDS_REQUEST = Set.of('S', 'Q');

    private final ServerSocket door;
    private final InetAddress serverHost;
    private final int serverPort;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedQueue<String> executed = new ConcurrentLinkedQueue<>();
    private volatile Judge judge = statements -> PASS;
    private volatile boolean closed;

    /** @param url of the server, with host and port */
    public Wire(String url) throws IOException {
        var server = URI.create(url);
        serverHost = InetAddress.getByName(server.getHost());
        serverPort = server.getPort();
        door = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("wire").start(this::accept);
    }

    /** The URL of the same database by this way. */
    public String url(String url) {
        return url.replaceFirst("@[^/]*/", "@" + door.getInetAddress().getHostAddress() + ":" + door.getLocalPort() + "/")
                + "?sslmode=disable";
    }

    /** From now on this one decides. */
    public void judge(Judge judge) {
        this.judge = judge;
    }

    /** All statements that were executed by this way since the last call, the driver's own among them. */
    List<String> takeExecuted() {
        var all = new ArrayList<String>();
        for (var one = executed.poll(); one != null; one = executed.poll()) all.add(one);
        return all;
    }

    private void accept() {
        try {
            while (!closed) {
                var client = door.accept();
                Thread.ofVirtual().name("wire-up").start(() -> serve(client));
            }
        } catch (IOException failure) {
            if (!closed) throw new IllegalStateException("the wire has failed", failure);
        }
    }

    private void serve(Socket client) {
        try (client; var server = new Socket(serverHost, serverPort)) {
            sockets.add(client);
            sockets.add(server);
            if (closed) return;
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            new Line(client, server).run();
        } catch (IOException broken) {
            closeQuietly(client); // either side may go at any time: the other one then goes too
        } finally {
            sockets.remove(client);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Breaks all connections. */
    @Override
    public void close() throws IOException {
        closed = true;
        door.close();
        for (var socket : sockets) socket.close();
    }

    /** One connection. */
    private final class Line {
        private final Socket client;
        private final Socket server;
        private final DataInputStream requests;
        private final OutputStream toServer;
        private final Map<String, String> prepared = new HashMap<>();
        private final Map<String, String> portals = new HashMap<>();
        private final ByteArrayOutputStream request = new ByteArrayOutputStream();
        private final List<String> statements = new ArrayList<>();
        /** How much of what the server sends still reaches the client. */
        private volatile long allowance = Long.MAX_VALUE;
        private volatile boolean stopped;
        private Thread down;

        Line(Socket client, Socket server) throws IOException {
            this.client = client;
            this.server = server;
            this.requests = new DataInputStream(new BufferedInputStream(client.getInputStream(), 1 << 16));
            this.toServer = server.getOutputStream();
        }

        void run() throws IOException {
            down = Thread.ofVirtual().name("wire-down").start(this::answer);
            try {
                forward(message(requests.readInt()));
                while (readRequest()) if (!deliver()) return;
            } finally {
                if (allowance == Long.MAX_VALUE) server.close();
                join(down);
                sockets.remove(server);
            }
        }

        private static void join(Thread thread) {
            try {
                thread.join();
            } catch (InterruptedException interrupt) {
                throw new IllegalStateException(interrupt);
            }
        }

        private byte[] message(int length) throws IOException {
            var message = new byte[length];
            ByteBuffer.wrap(message).putInt(length);
            requests.readFully(message, 4, length - 4);
            return message;
        }

        private void forward(byte[] bytes) throws IOException {
            toServer.write(bytes);
            toServer.flush();
        }

        /** @return false when the client has gone */
        private boolean readRequest() throws IOException {
            request.reset();
            statements.clear();
            while (true) {
                int type = requests.read();
                if (type < 0) return false;
                var message = message(requests.readInt());
                request.write(type);
                request.write(message);
                listen((char) type, message);
                if (ENDS_REQUEST.contains((char) type) || type == 'p' || type == 'X') return true;
            }
        }

        private void listen(char type, byte[] message) {
            var texts = new Texts(message);
            switch (type) {
                case 'P' -> prepared.put(texts.next(), texts.next());
                case 'B' -> portals.put(texts.next(), prepared.get(texts.next()));
                case 'E' -> statements.add(portals.get(texts.next()));
                case 'Q' -> statements.add(texts.next());
                default -> {}
            }
        }

        /** @return whether the connection lives on */
        private boolean deliver() throws IOException {
            var bytes = request.toByteArray();
            executed.addAll(statements);
            var fate = statements.isEmpty() ? PASS : judge.fate(List.copyOf(statements));
            switch (fate) {
                case Fate.Pass pass -> forward(bytes);
                case Fate.CutInRequest cut -> {
                    allowance = 0;
                    toServer.write(bytes, 0, bytes.length / 2);
                    closeBoth();
                }
                case Fate.CutBeforeAnswer cut -> {
                    allowance = 0;
                    forward(bytes);
                    client.close();
                    server.shutdownOutput();
                }
                case Fate.CutInAnswer cut -> {
                    allowance = cut.bytes();
                    forward(bytes);
                    server.shutdownOutput();
                }
                case Fate.Late late -> deliverLate(late, bytes);
                case Fate.Silence silence -> awaitGoodbye();
                case Fate.Stop stop -> {
                    stopped = true;
                    forward(bytes);
                    awaitGoodbye();
                }
            }
            return fate instanceof Fate.Pass;
        }

        private void deliverLate(Fate.Late late, byte[] bytes) throws IOException {
            allowance = 0;
            client.close();
            await(late.release());
            try {
                forward(bytes);
                server.shutdownOutput();
                join(down);
            } finally {
                late.done().countDown(); // also when the server has ended the connection meanwhile
            }
        }

        private void awaitGoodbye() throws IOException {
            while (requests.read() >= 0) {
                // the client goes on talking
            }
        }

        private void closeBoth() throws IOException {
            client.close();
            server.close();
        }

        private static void await(CountDownLatch release) {
            try {
                release.await();
            } catch (InterruptedException interrupt) {
                throw new IllegalStateException(interrupt);
            }
        }

        /** Passes on what the server says, as long as it is to reach the client. */
        private void answer() {
            try {
                passOn(server.getInputStream(), client.getOutputStream());
                if (!stopped) server.close();
            } catch (SocketException gone) {
                allowance = 0; // cut from the other side
            } catch (IOException failure) {
                throw new IllegalStateException("the wire has failed", failure);
            } finally {
                if (!stopped) closeQuietly(client);
            }
        }

        private void passOn(InputStream answers, OutputStream toClient) throws IOException {
            var buffer = new byte[1 << 16];
            for (int read = answers.read(buffer); read >= 0; read = answers.read(buffer)) {
                int allowed = (int) Math.min(read, allowance);
                if (stopped) return;
                if (allowed > 0) toClient.write(buffer, 0, allowed);
                if (allowance == Long.MAX_VALUE) continue;
                allowance -= allowed;
                if (allowance == 0) client.close();
            }
        }
    }

    /** The texts at the beginning of a message, each of which ends with a zero. */
    private static final class Texts {
        private final byte[] message;
        private int position = 4;

        Texts(byte[] message) {
            this.message = message;
        }

        String next() {
            int end = position;
            while (message[end] != 0) end++;
            var text = new String(message, position, end - position, StandardCharsets.UTF_8);
            position = end + 1;
            return text;
        }
    }
}
