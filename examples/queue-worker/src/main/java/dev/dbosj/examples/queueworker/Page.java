package dev.dbosj.examples.queueworker;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The files that a browser loads. */
final class Page {
    private static final Map<String, String> CONTENT_TYPES = Map.of(
            "index.html", "text/html; charset=utf-8",
            "style.css", "text/css; charset=utf-8",
            "app.js", "text/javascript; charset=utf-8",
            "icon.svg", "image/svg+xml");

    private final Map<String, Answer> files;

    private Page(Map<String, Answer> files) {
        this.files = files;
    }

    static Page load() throws IOException {
        var files = new HashMap<String, Answer>();
        for (var file : CONTENT_TYPES.entrySet())
            files.put("/" + file.getKey(), Answer.file(file.getValue(), read(file.getKey())));
        files.put("/", files.remove("/index.html"));
        return new Page(files);
    }

    private static byte[] read(String name) throws IOException {
        try (var file = Page.class.getResourceAsStream("/page/" + name)) {
            if (file == null) throw new FileNotFoundException("the program lacks its file page/" + name);
            return file.readAllBytes();
        }
    }

    Optional<Answer> file(String path) {
        return Optional.ofNullable(files.get(path));
    }
}
