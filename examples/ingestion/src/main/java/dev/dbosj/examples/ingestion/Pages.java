package dev.dbosj.examples.ingestion;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Cuts text into pages. */
final class Pages {
    /** The longest page, in characters; the shortest but the last one is half of it. */
    static final int MAX_LENGTH = 3_000;

    // NUL and halves of surrogate pairs, which broken PDFs hold, cannot be stored as UTF-8 text.
    private static final Pattern NOT_TEXT = Pattern.compile("[\\p{Cntrl}\\p{Cs}\\uFEFF&&[^\\n]]+");
    private static final Pattern BLANKS = Pattern.compile("[ \\u00A0]+");
    private static final Pattern EMPTY_LINES = Pattern.compile("\\s*\\n\\s*\\n\\s*");

    private Pages() {}

    /** The text with single blanks and without characters that cannot be stored. */
    static String clean(String text) {
        var printable = NOT_TEXT.matcher(text).replaceAll(" ");
        return EMPTY_LINES.matcher(BLANKS.matcher(printable).replaceAll(" ")).replaceAll("\n\n").strip();
    }

    /** The text as pages that end with a paragraph or sentence where possible, and with a word otherwise. */
    static List<Page> cut(String text) {
        var clean = clean(text);
        var pages = new ArrayList<Page>();
        int begin = 0;
        while (begin < clean.length()) {
            int end = endOfPage(clean, begin);
            var page = clean.substring(begin, end).strip();
            if (!page.isEmpty()) pages.add(new Page(pages.size() + 1, page));
            begin = end;
        }
        return pages;
    }

    private static int endOfPage(String text, int begin) {
        int limit = begin + MAX_LENGTH;
        if (limit >= text.length()) return text.length();
        int earliest = begin + MAX_LENGTH / 2;
        for (var boundary : List.of("\n\n", "\n", ". ", " ")) {
            int found = text.lastIndexOf(boundary, limit - boundary.length());
            if (found >= earliest) return found + boundary.length();
        }
        return Character.isHighSurrogate(text.charAt(limit - 1)) ? limit - 1 : limit;
    }
}
