package dev.dbosj.lab.run;

import java.util.ArrayList;
import java.util.List;

/** Rows of text under each other; what is too long for its column goes on in the next line. */
final class Table {
    private static final int WIDEST = 110;

    private final List<List<String>> rows = new ArrayList<>();

    Table row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    @Override
    public String toString() {
        var lines = new ArrayList<List<String>>();
        for (var row : rows) wrap(row, lines);
        int columns = rows.getFirst().size();
        var widths = new int[columns];
        for (var line : lines)
            for (int column = 0; column < columns; column++)
                widths[column] = Math.max(widths[column], line.get(column).length());
        var text = new StringBuilder();
        for (var line : lines) {
            var padded = new StringBuilder();
            for (int column = 0; column < columns; column++)
                padded.append(("%-" + widths[column] + "s  ").formatted(line.get(column)));
            text.append(padded.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private static void wrap(List<String> row, List<List<String>> lines) {
        var cells = row.stream().map(Table::wrapped).toList();
        int height = cells.stream().mapToInt(List::size).max().orElse(0);
        for (int line = 0; line < height; line++) {
            int at = line;
            lines.add(cells.stream().map(cell -> at < cell.size() ? cell.get(at) : "").toList());
        }
    }

    private static List<String> wrapped(String text) {
        var lines = new ArrayList<String>();
        var rest = text;
        while (rest.length() > WIDEST) {
            int end = rest.lastIndexOf(' ', WIDEST);
            if (end <= 0) end = WIDEST;
            lines.add(rest.substring(0, end));
            rest = "  " + rest.substring(end).strip();
        }
        lines.add(rest);
        return lines;
    }
}
