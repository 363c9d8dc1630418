package dev.dbosj.cli;

import com.google.gson.JsonArray;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine.Option;

/** In which form something is shown. */
final class Output {
    enum Format {
        TABLE,
        JSON,
        JSONL,
        IDS
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "TABLE",
            description = "table (the default), json, jsonl (one object per line) or ids (one per line)")
    private Format format;

    boolean isTable() {
        return format == Format.TABLE;
    }

    /** Whether payloads are shown. */
    boolean isJson() {
        return format == Format.JSON || format == Format.JSONL;
    }

    /** Shows all of the items. */
    <T> void show(View<T> view, List<T> items, Terminal terminal) {
        switch (format) {
            case TABLE -> {
                var table = new Table<>(view.columns(), items);
                if (terminal.interactive()) table.spare(terminal.width());
                table.lines(terminal.width()).forEach(terminal::print);
            }
            case JSON -> {
                var array = new JsonArray();
                for (var item : items) array.add(view.json().apply(item));
                terminal.print(Json.indented(array));
            }
            case JSONL -> items.forEach(item -> terminal.print(Json.onOneLine(view.json().apply(item))));
            case IDS -> items.stream().map(view.id()).filter(Objects::nonNull).map(Ids::line).forEach(terminal::print);
        }
    }

    /** Shows one item, which is not to be a table of one line. */
    <T> void showOne(View<T> view, T item, List<String> details, Terminal terminal) {
        switch (format) {
            case TABLE -> details.forEach(terminal::print);
            case JSON -> terminal.print(Json.indented(view.json().apply(item)));
            case JSONL, IDS -> show(view, List.of(item), terminal);
        }
    }
}
