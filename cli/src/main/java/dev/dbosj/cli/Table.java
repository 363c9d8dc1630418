package dev.dbosj.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Lines in columns that fit into a width, as far as the columns can be cut or left out. */
final class Table<T> {
    private static final String GAP = "  ";
    private static final int LEAST = 8;
    private static final int SHORT_ID = 20;

    private final List<Filled<T>> columns;
    private final List<T> items;
    private boolean inPlace;

    Table(List<Column<T>> columns, List<T> items) {
        this.columns = columns.stream().map(column -> new Filled<>(column, items)).collect(Collectors.toList());
        this.items = items;
    }

    /** A column with its texts and the width that it is given. */
    private static final class Filled<T> {
        final Column<T> column;
        final List<String> cells;
        final int least;
        int width;

        Filled(Column<T> column, List<T> items) {
            this.column = column;
            this.cells = items.stream().map(column::cell).toList();
            int longest = cells.stream().mapToInt(Text::width).max().orElse(0);
            int natural = column.fit() == Column.Fit.CUT_MIDDLE ? Math.min(longest, SHORT_ID) : longest;
            this.width = Math.max(natural, column.title().length());
            this.least = column.fit() == Column.Fit.WHOLE || column.fit() == Column.Fit.RIGHT
                    ? width
                    : Math.min(width, Math.max(LEAST, column.title().length()));
        }
    }

    /** Leaves out what can be spared, from the right, if the rest would not fit otherwise. */
    Table<T> spare(int width) {
        for (int turn = 1; turn <= 2; turn++)
            for (int i = columns.size() - 1; i >= 0 && excess(least(), width) > 0; i--)
                if (columns.get(i).column.spare() == turn) columns.remove(i);
        return this;
    }

    /** Cuts also what should keep its length, if a line would be longer than the terminal is wide. */
    Table<T> force(int width) {
        shrink(width);
        for (int excess = excess(widths(), width); excess > 0; excess--) {
            var widest = columns.stream().max(Comparator.comparingInt(column -> column.width)).orElseThrow();
            if (widest.width <= 1) break;
            widest.width--;
        }
        return this;
    }

    /** Keeps columns in their order also where a terminal writes from right to left. */
    Table<T> inPlace() {
        inPlace = true;
        return this;
    }

    private IntStream widths() {
        return columns.stream().mapToInt(column -> column.width);
    }

    /** A heading and a line for each item. */
    List<String> lines(int width) {
        shrink(width);
        var lines = new ArrayList<String>(items.size() + 1);
        lines.add(heading());
        for (int i = 0; i < items.size(); i++) lines.add(line(i));
        return lines;
    }

    private IntStream least() {
        return columns.stream().mapToInt(column -> column.least);
    }

    private int excess(IntStream widths, int width) {
        return widths.sum() + GAP.length() * (columns.size() - 1) - width;
    }

    private void shrink(int width) {
        for (int excess = excess(widths(), width); excess > 0; excess--) {
            var widest = columns.stream()
                    .filter(column -> column.width > column.least)
                    .max(Comparator.comparingInt(column -> column.width));
            if (widest.isEmpty()) return;
            widest.get().width--;
        }
    }

    private String heading() {
        var line = new StringBuilder();
        for (var column : columns) {
            var title = column.column.fitted(column.column.title(), column.width);
            append(line, column, title, title);
        }
        return line.toString();
    }

    private String line(int row) {
        var line = new StringBuilder();
        for (var column : columns) {
            var plain = column.column.fitted(column.cells.get(row), column.width);
            append(line, column, plain, column.column.paint().apply(items.get(row), plain));
        }
        return line.toString();
    }

    private void append(StringBuilder line, Filled<T> column, String plain, String painted) {
        line.append(inPlace ? Text.inItsPlace(painted) : painted);
        if (column != columns.getLast()) line.repeat(" ", column.width - Text.width(plain)).append(GAP);
    }
}
