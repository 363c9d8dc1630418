package dev.dbosj.cli;

import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * One column of a table.
 *
 * @param title its heading
 * @param fit what becomes of it when the terminal is too narrow
 * @param spare when it is left out then: 1 first, 2 later, 0 never
 * @param text what it says of an item; null where there is nothing to say
 * @param paint colours the text that was fitted
 */
record Column<T>(
        String title, Fit fit, int spare, Function<T, String> text, BiFunction<T, String, String> paint) {

    /** No terminal is wider, and no id is longer. */
    private static final int MOST = 10_000;

    /** What becomes of a text that is too long. */
    enum Fit {
        /** It keeps its length: ids are there to be copied. */
        WHOLE,
        /** So do figures, which stand at the right. */
        RIGHT,
        /** It loses its end. */
        CUT,
        /** It loses its middle. */
        CUT_MIDDLE
    }

    static <T> Column<T> whole(String title, Function<T, String> text) {
        return new Column<>(title, Fit.WHOLE, 0, text, (item, plain) -> plain);
    }

    /** Figures, one below the other. */
    static <T> Column<T> number(String title, Function<T, String> text) {
        return new Column<>(title, Fit.RIGHT, 0, text, (item, plain) -> plain);
    }

    static <T> Column<T> cut(String title, Function<T, String> text) {
        return new Column<>(title, Fit.CUT, 0, text, (item, plain) -> plain);
    }

    /** Ids are whole unless they may be short. */
    static <T> Column<T> id(String title, boolean isShort, Function<T, String> text) {
        return new Column<>(title, isShort ? Fit.CUT_MIDDLE : Fit.WHOLE, 0, text, (item, plain) -> plain);
    }

    Column<T> painted(BiFunction<T, String, String> paint) {
        return new Column<>(title, fit, spare, text, paint);
    }

    Column<T> orLeftOut() {
        return new Column<>(title, fit, 1, text, paint);
    }

    /** After all that can be left out first. */
    Column<T> orLeftOutLast() {
        return new Column<>(title, fit, 2, text, paint);
    }

    String cell(T item) {
        var value = text.apply(item);
        if (value == null || value.isEmpty()) return "-";
        return Text.printable(value.length() > MOST ? value.substring(0, MOST) : value);
    }

    String fitted(String cell, int width) {
        return switch (fit) {
            case WHOLE -> Text.cutMiddle(cell, width);
            case RIGHT -> " ".repeat(Math.max(0, width - Text.width(cell))) + Text.cut(cell, width);
            case CUT -> Text.cut(cell, width);
            case CUT_MIDDLE -> Text.cutMiddle(cell, width);
        };
    }
}
