package dev.dbosj.examples.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DocumentParserTest {
    @Test
    void ofHtmlTheTitleAndTheMainTextAreTakenWithoutMenusAndScripts() throws IOException {
        var parsed = parse(DocumentFormat.HTML, """
                <html><head><title>Threads &amp; Co</title><style>b {}</style></head><body>
                <nav>Home Index</nav><main><h1>Threads</h1><p>One per task.</p><script>run()</script></main>
                <footer>2026</footer>
                </body></html>""");

        assertThat(parsed).isEqualTo(new ParsedDocument("Threads & Co", List.of(new Page(1, "Threads One per task."))));
    }

    @Test
    void ofOldJavadocTheNavigationIsLeftOut() throws IOException {
        var parsed = parse(DocumentFormat.HTML, """
                <html><head><title>Complex</title></head><body><div class="topNav">Overview Package</div>
                <div class="contentContainer">A complex number.</div><div class="bottomNav">Overview</div></body></html>""");

        assertThat(parsed.pages()).containsExactly(new Page(1, "A complex number."));
    }

    @Test
    void htmlIsReadInTheCharacterSetItNames() throws IOException {
        var html = "<html><head><meta charset='ISO-8859-1'></head><body>Grüße</body></html>"
                .getBytes(StandardCharsets.ISO_8859_1);

        var parsed = DocumentParser.parse(new Content(DocumentFormat.HTML, "greetings.html", html, null));

        assertThat(parsed).isEqualTo(new ParsedDocument("greetings.html", List.of(new Page(1, "Grüße"))));
    }

    @Test
    void eachPageOfAPdfIsAPageAndEmptyOnesKeepTheirNumber() throws IOException {
        var pdf = Documents.pdf("The title", "First page", "", "Third page");

        var parsed = DocumentParser.parse(new Content(DocumentFormat.PDF, "some.pdf", pdf, null));

        assertThat(parsed.title()).isEqualTo("The title");
        assertThat(parsed.pages()).containsExactly(new Page(1, "First page"), new Page(3, "Third page"));
    }

    @Test
    void markdownIsTitledByItsFirstHeadingAndTextByItsName() throws IOException {
        assertThat(parse(DocumentFormat.TEXT, "\uFEFFintro\n\n# The heading\ntext").title()).isEqualTo("The heading");
        assertThat(parse(DocumentFormat.TEXT, "no heading").title()).isEqualTo("some");
    }

    @Test
    void textThatIsNotUtf8IsReadAsLatin1() throws IOException {
        var latin1 = "Grüße".getBytes(StandardCharsets.ISO_8859_1);

        var parsed = DocumentParser.parse(new Content(DocumentFormat.TEXT, "greetings.txt", latin1, null));

        assertThat(parsed.pages()).containsExactly(new Page(1, "Grüße"));
    }

    @Test
    void aDocumentWithoutTextIsRefused() {
        assertThatExceptionOfType(UnreadableDocumentException.class)
                .isThrownBy(() -> parse(DocumentFormat.HTML, "<html><body><nav>Home</nav></body></html>"))
                .withMessage("it has no text");
    }

    @Test
    void aDamagedPdfIsRefusedWithTheReason() {
        assertThatExceptionOfType(UnreadableDocumentException.class)
                .isThrownBy(() -> parse(DocumentFormat.PDF, "%PDF-1.7 and then nothing"))
                .withMessageStartingWith("it is not a readable PDF: ");
    }

    private static ParsedDocument parse(DocumentFormat format, String text) throws IOException {
        return DocumentParser.parse(new Content(format, "some", text.getBytes(StandardCharsets.UTF_8), null));
    }
}
