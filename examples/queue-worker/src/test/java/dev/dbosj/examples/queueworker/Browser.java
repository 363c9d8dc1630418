package dev.dbosj.examples.queueworker;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A headless Chromium with one page, driven by the DevTools protocol, which it speaks itself: nothing is to be
 * downloaded but the browser.
 */
final class Browser implements AutoCloseable {
    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
    private static final Path ON_A_MAC = Path.of("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LOOK_MILLIS = 20;

    private final Path profile;
    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Gson gson = new Gson();
    private final AtomicInteger lastCommand = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonObject>> answers = new ConcurrentHashMap<>();
    private final List<String> complaints = new ArrayList<>();
    private WebSocket page;

    private Browser(Path profile, Process process) {
        this.profile = profile;
        this.process = process;
    }

    /** Where a browser is installed. */
    static Optional<Path> installed() {
        var folders = System.getenv().getOrDefault("PATH", "").split(File.pathSeparator);
        return Stream.concat(
                        Stream.of(folders).flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name))),
                        Stream.of(ON_A_MAC))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static Browser start() throws Exception {
        var profile = Files.createTempDirectory("browser");
        var process = new ProcessBuilder(
                        installed().orElseThrow().toString(), "--headless=new", "--no-sandbox", "--disable-gpu",
                        "--disable-quic", "--no-first-run", "--disable-background-networking",
                        "--disable-component-update", "--disable-sync", "--remote-debugging-port=0",
                        "--user-data-dir=" + profile, "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(profile.resolve("output.txt").toFile())
                .start();
        var browser = new Browser(profile, process);
        try {
            browser.connect();
            browser.command("Runtime.enable", Map.of());
            browser.command("Log.enable", Map.of());
            return browser;
        } catch (Exception failure) {
            browser.close();
            throw failure;
        }
    }

    /** Goes to a page, waits until it is there, and forgets what others have complained about. */
    void open(URI address) throws Exception {
        command("Page.navigate", Map.of("url", "about:blank"));
        await("location.href === 'about:blank'");
        synchronized (complaints) {
            complaints.clear();
        }
        command("Page.navigate", Map.of("url", address.toString()));
        await("location.href === '%s' && document.readyState === 'complete'".formatted(address));
    }

    private void connect() throws Exception {
        var portFile = profile.resolve("DevToolsActivePort");
        await("a browser", () -> Files.exists(portFile) && Files.readAllLines(portFile).size() == 2);
        var tabs = URI.create("http://127.0.0.1:" + Files.readAllLines(portFile).getFirst() + "/json/list");
        var answer = http.send(HttpRequest.newBuilder(tabs).build(), BodyHandlers.ofString()).body();
        var tab = JsonParser.parseString(answer).getAsJsonArray().asList().stream()
                .map(JsonElement::getAsJsonObject)
                .filter(each -> each.get("type").getAsString().equals("page"))
                .findFirst()
                .orElseThrow();
        var socket = URI.create(tab.get("webSocketDebuggerUrl").getAsString());
        page = http.newWebSocketBuilder()
                .buildAsync(socket, new Listener())
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                receive(JsonParser.parseString(text.toString()).getAsJsonObject());
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }
    }

    private void receive(JsonObject message) {
        if (message.has("id")) answers.remove(message.get("id").getAsInt()).complete(message);
        else if (Pattern.matches("Runtime.exceptionThrown|Log.entryAdded", message.get("method").getAsString()))
            synchronized (complaints) {
                complaints.add(message.get("params").toString());
            }
    }

    private JsonObject command(String method, Map<String, ?> parameters) throws Exception {
        int id = lastCommand.incrementAndGet();
        var answer = new CompletableFuture<JsonObject>();
        answers.put(id, answer);
        page.sendText(gson.toJson(Map.of("id", id, "method", method, "params", parameters)), true).join();
        var message = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (message.has("error")) throw new IllegalStateException(method + ": " + message.get("error"));
        return message.getAsJsonObject("result");
    }

    /** What the page has complained about: exceptions, refused or failed requests. */
    List<String> complaints() {
        synchronized (complaints) {
            return List.copyOf(complaints);
        }
    }

    /** The value of a JavaScript expression, as text. */
    String evaluate(String expression) throws Exception {
        var result = command("Runtime.evaluate", Map.of("expression", "String(" + expression + ")"));
        if (result.has("exceptionDetails")) throw new IllegalStateException(expression + ": " + result);
        return result.getAsJsonObject("result").get("value").getAsString();
    }

    /** Waits until a JavaScript expression is true. */
    void await(String expression) throws Exception {
        await(expression, () -> evaluate(expression).equals("true"));
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private void await(String what, Condition condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) throw new AssertionError("waited in vain for " + what + "; " + state());
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private String state() throws Exception {
        if (page == null) return "the browser says: " + Files.readString(profile.resolve("output.txt"));
        return "the page says: " + evaluate("document.body.innerText");
    }

    /** A click of the mouse in the middle of the element, which must be in sight. */
    void click(String selector) throws Exception {
        var middle = evaluate("""
                (() => { const element = document.querySelector(%s);
                         const box = element.getBoundingClientRect();
                         const x = box.x + box.width / 2, y = box.y + box.height / 2;
                         const seen = element.contains(document.elementFromPoint(x, y));
                         return seen ? x + " " + y : "out of sight"; })()"""
                .formatted(gson.toJson(selector)));
        if (middle.equals("out of sight")) throw new AssertionError(selector + " is " + middle);
        var place = middle.split(" ");
        for (var type : List.of("mousePressed", "mouseReleased"))
            command("Input.dispatchMouseEvent", Map.of(
                    "type", type, "button", "left", "clickCount", 1,
                    "x", Double.valueOf(place[0]), "y", Double.valueOf(place[1])));
    }

    /** As it looks on a screen of that size. */
    void screenshot(int width, int height, String colours, Path file) throws Exception {
        command("Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        command("Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", colours))));
        command("Runtime.evaluate", Map.of("awaitPromise", true,
                "expression", "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"));
        var image = command("Page.captureScreenshot", Map.of("format", "png")).get("data").getAsString();
        Files.createDirectories(file.getParent());
        Files.write(file, Base64.getDecoder().decode(image));
    }

    @Override
    public void close() throws IOException {
        http.shutdownNow();
        var all = Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(each -> each.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join());
        try (var files = Files.walk(profile)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }
}
