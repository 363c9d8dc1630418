package dev.dbosj.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** In which form something is shown. */
final class Output {
    enum Format {
        TABLE,
        JSON,
        JSONL,
        CSV,
        IDS
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "TABLE",
            description = "table (the default), json, jsonl (one object per line), csv or ids (one per line)")
    private Format format;

    boolean isTable() {
        return format == Format.TABLE;
    }

    /** Whether payloads are shown. */
    boolean hasPayloads() {
        return format != Format.TABLE && format != Format.IDS;
    }

    /** All of the items. */
    <T> List<String> lines(View<T> view, List<T> items, Terminal terminal) {
        return switch (format) {
            case TABLE -> table(view, items, terminal);
            case JSON -> {
                var array = new JsonArray();
                for (var item : items) array.add(view.fields().object(item));
                yield List.of(Json.indented(array));
            }
            case JSONL -> items.stream().map(item -> Json.onOneLine(view.fields().object(item))).toList();
            case CSV -> csv(view, items);
            case IDS -> items.stream().map(view.id()).filter(Objects::nonNull).map(Ids::line).toList();
        };
    }

    /** Columns, whatever the format. */
    static <T> List<String> table(View<T> view, List<T> items, Terminal terminal) {
        var table = new Table<>(view.columns(), items);
        if (terminal.interactive()) table.spare(terminal.width()).force(terminal.width()).inPlace();
        return table.lines(terminal.width());
    }

    /** One item, which is not to be a table of one line. */
    <T> List<String> linesOfOne(View<T> view, T item, List<String> details, Terminal terminal) {
        return switch (format) {
            case TABLE -> details;
            case JSON -> List.of(Json.indented(view.fields().object(item)));
            case JSONL, CSV, IDS -> lines(view, List.of(item), terminal);
        };
    }

    /** Shows all of the items. */
    <T> void show(View<T> view, List<T> items, Console console) {
        console.print(lines(view, items, console.terminal()));
    }

    private static <T> List<String> csv(View<T> view, List<T> items) {
        var lines = new ArrayList<String>(items.size() + 1);
        lines.add(String.join(",", view.fields().keys()));
        for (var item : items) lines.add(line(view.fields().object(item).asMap().values().stream()));
        return lines;
    }

    private static String line(Stream<JsonElement> values) {
        return values.map(Output::cell).collect(Collectors.joining(","));
    }

    private static String cell(JsonElement value) {
        if (value.isJsonNull()) return "";
        var text = Text.printable(value instanceof JsonPrimitive ? value.getAsString() : Json.onOneLine(value));
        return text.matches("[^\",]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
