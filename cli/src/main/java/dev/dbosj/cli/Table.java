package dev.dbosj.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Lines in columns that fit into a width, as far as they can be cut. */
final class Table<T> {
    private static final String GAP = "  ";
    private static final int LEAST = 8;
    private static final int SHORT_ID = 20;

    private final List<Column<T>> columns;

    Table(List<Column<T>> columns) {
        this.columns = columns;
    }

    /** A heading and a line for each item. */
    List<String> lines(List<T> items, int width) {
        var cells = items.stream().map(this::cells).toList();
        var widths = widths(cells, width);
        var lines = new ArrayList<String>(items.size() + 1);
        lines.add(heading(widths));
        for (int i = 0; i < items.size(); i++) lines.add(line(items.get(i), cells.get(i), widths));
        return lines;
    }

    private List<String> cells(T item) {
        return columns.stream().map(column -> column.cell(item)).toList();
    }

    private int[] widths(List<List<String>> cells, int width) {
        var widths = IntStream.range(0, columns.size()).map(column -> natural(column, cells)).toArray();
        int excess = IntStream.of(widths).sum() + GAP.length() * (widths.length - 1) - width;
        while (excess-- > 0) {
            int widest = widest(widths);
            if (widest < 0) break;
            widths[widest]--;
        }
        return widths;
    }

    private int natural(int column, List<List<String>> cells) {
        int most = columns.get(column).fit() == Column.Fit.CUT_MIDDLE ? SHORT_ID : Integer.MAX_VALUE;
        int longest = cells.stream().mapToInt(row -> Text.width(row.get(column))).max().orElse(0);
        return Math.max(Math.min(longest, most), columns.get(column).title().length());
    }

    /** The widest of the columns that may still be cut, or -1. */
    private int widest(int[] widths) {
        int widest = -1;
        for (int i = 0; i < widths.length; i++) {
            boolean may = columns.get(i).fit() != Column.Fit.WHOLE
                    && widths[i] > Math.max(LEAST, columns.get(i).title().length());
            if (may && (widest < 0 || widths[i] > widths[widest])) widest = i;
        }
        return widest;
    }

    private String heading(int[] widths) {
        var line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            var title = columns.get(i).title();
            append(line, title, title, gap(i, widths));
        }
        return line.toString();
    }

    private String line(T item, List<String> cells, int[] widths) {
        var line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            var plain = columns.get(i).fitted(cells.get(i), widths[i]);
            append(line, columns.get(i).paint().apply(item, plain), plain, gap(i, widths));
        }
        return line.toString();
    }

    /** Where the next column begins, counted from where this one does; 0 after the last. */
    private static int gap(int column, int[] widths) {
        return column == widths.length - 1 ? 0 : widths[column] + GAP.length();
    }

    private static void append(StringBuilder line, String painted, String plain, int gap) {
        line.append(painted).repeat(" ", Math.max(0, gap - Text.width(plain)));
    }
}
