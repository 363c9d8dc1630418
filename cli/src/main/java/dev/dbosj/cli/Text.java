package dev.dbosj.cli;

import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** Text from a database, made fit for a terminal: it cannot move the cursor, nor hide or reorder what is beside it. */
final class Text {
    private static final String ELLIPSIS = "…";

    /** Invisible, and as much a letter from left to right as any: what is beside it keeps its place. */
    static final String LEFT_TO_RIGHT = "\u200e";

    private static final int FIRST_FROM_RIGHT_TO_LEFT = 0x590;

    private Text() {}

    /** The text on one line, each control or invisible character as in JSON, {@code \}{@code u001b}. */
    static String printable(String text) {
        return escape(text, Text::isUnsafe);
    }

    /** The same for text that may have several lines. */
    static String printableLines(String text) {
        return escape(text, c -> c != '\n' && isUnsafe(c));
    }

    private static String escape(String text, IntPredicate unsafe) {
        if (text.codePoints().noneMatch(unsafe)) return text;
        var escaped = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (!unsafe.test(c)) escaped.appendCodePoint(c);
            else for (char unit : Character.toChars(c)) escaped.append("\\u%04x".formatted((int) unit));
        });
        return escaped.toString();
    }

    static boolean isUnsafe(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED -> true;
            default -> false;
        };
    }

    /**
     * Text that has a place among others on a line, which a terminal may otherwise mingle with them if it holds letters
     * that are written from right to left: it turns round all that lies between two such.
     */
    static String inItsPlace(String text) {
        boolean turns = text.codePoints().anyMatch(c -> c >= FIRST_FROM_RIGHT_TO_LEFT && isFromRightToLeft(c));
        return turns ? LEFT_TO_RIGHT + text + LEFT_TO_RIGHT : text;
    }

    private static boolean isFromRightToLeft(int c) {
        return switch (Character.getDirectionality(c)) {
            case Character.DIRECTIONALITY_RIGHT_TO_LEFT, Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC,
                    Character.DIRECTIONALITY_ARABIC_NUMBER -> true;
            default -> false;
        };
    }

    /** How many columns of a terminal the text takes. */
    static int width(String text) {
        return text.codePoints().map(Text::width).sum();
    }

    private static int width(int c) {
        if (c < 0x300) return 1;
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
            default -> isWide(c) ? 2 : 1;
        };
    }

    private static boolean isWide(int c) {
        if (Character.isEmojiPresentation(c) || c >= 0x3000 && c <= 0x303E || c >= 0xFF01 && c <= 0xFF60) return true;
        return switch (UnicodeScript.of(c)) {
            case HAN, HIRAGANA, KATAKANA, HANGUL, BOPOMOFO, YI -> c < 0xFF61 || c > 0xFFDC; // those have a narrow form
            default -> false;
        };
    }

    /** The text in lines of at most so many columns, broken between words; made printable. */
    static List<String> wrapped(String text, int columns) {
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        for (var word : printable(text).split(" ")) {
            while (width(word) > columns) {
                if (!line.isEmpty()) lines.add(line.toString());
                line.setLength(0);
                lines.add(head(word, columns));
                word = word.substring(lines.getLast().length());
            }
            if (!line.isEmpty() && width(line.toString()) + 1 + width(word) > columns) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    /** The text in at most so many columns, its end left out where it does not fit. */
    static String cut(String text, int columns) {
        return width(text) <= columns ? text : head(text, columns - 1) + ELLIPSIS;
    }

    /** The text in at most so many columns, its middle left out: ids differ at their ends. */
    static String cutMiddle(String text, int columns) {
        if (width(text) <= columns) return text;
        int half = (columns - 1) / 2;
        return head(text, columns - 1 - half) + ELLIPSIS + tail(text, half);
    }

    private static String head(String text, int columns) {
        int end = 0;
        for (int room = columns; end < text.length(); end += Character.charCount(text.codePointAt(end))) {
            room -= width(text.codePointAt(end));
            if (room < 0) break;
        }
        return text.substring(0, end);
    }

    private static String tail(String text, int columns) {
        int start = text.length();
        for (int room = columns; start > 0; start -= Character.charCount(text.codePointBefore(start))) {
            room -= width(text.codePointBefore(start));
            if (room < 0) break;
        }
        return text.substring(start);
    }
}
