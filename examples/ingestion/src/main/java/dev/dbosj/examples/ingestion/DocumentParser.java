package dev.dbosj.examples.ingestion;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;

/** Turns documents into pages of plain text. */
final class DocumentParser {
    /** Menus, scripts and the like: what no reader came for. The classes are those of Javadoc's older versions. */
    private static final String NOT_TEXT =
            "script, style, noscript, template, nav, footer, aside, .topNav, .bottomNav, .subNav, .skipNav";

    private DocumentParser() {}

    /**
     * The document's title and pages.
     *
     * @throws UnreadableDocumentException if it is damaged, or has no text
     */
    static ParsedDocument parse(Content content) throws UnreadableDocumentException {
        var parsed = parseFormat(content);
        if (parsed.pages().isEmpty()) throw new UnreadableDocumentException("it has no text");
        return parsed;
    }

    private static ParsedDocument parseFormat(Content content) throws UnreadableDocumentException {
        try {
            return switch (content.format()) {
                case HTML -> parseHtml(content);
                case PDF -> parsePdf(content);
                case TEXT -> parseText(content);
            };
        } catch (IOException | RuntimeException damaged) { // PDFBox throws both
            throw new UnreadableDocumentException(
                    "it is not a readable %s: %s".formatted(content.format(), damaged.getMessage()), damaged);
        }
    }

    private static ParsedDocument parseHtml(Content content) throws IOException {
        var document = Jsoup.parse(new ByteArrayInputStream(content.bytes()), content.charset(), "");
        document.select(NOT_TEXT).remove();
        Element main = document.selectFirst("main, article, [role=main]");
        var text = (main == null ? document.body() : main).text();
        return new ParsedDocument(titleOf(document.title(), content), Pages.cut(text));
    }

    private static ParsedDocument parsePdf(Content content) throws IOException {
        try (PDDocument pdf = Loader.loadPDF(content.bytes())) {
            var text = new PDFTextStripper();
            List<Page> pages = new ArrayList<>();
            for (int number = 1; number <= pdf.getNumberOfPages(); number++) {
                text.setStartPage(number);
                text.setEndPage(number);
                var page = Pages.clean(text.getText(pdf));
                if (!page.isEmpty()) pages.add(new Page(number, page));
            }
            return new ParsedDocument(titleOf(pdf.getDocumentInformation().getTitle(), content), pages);
        }
    }

    private static ParsedDocument parseText(Content content) {
        var text = decode(content.bytes());
        var heading = text.lines().map(String::strip).filter(line -> line.startsWith("# ")).findFirst();
        var title = heading.map(line -> line.substring(2)).orElse(null);
        return new ParsedDocument(titleOf(title, content), Pages.cut(text));
    }

    /** Text files do not tell their character set. What is valid UTF-8 is hardly ever anything else. */
    private static String decode(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException notUtf8) {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }

    private static String titleOf(String title, Content content) {
        var clean = title == null ? "" : Pages.clean(title);
        return clean.isEmpty() ? content.name() : clean;
    }
}
