package dev.dbosj.examples.ingestion;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts.FontName;

/** Makes documents for tests. */
final class Documents {
    private Documents() {}

    static byte[] pdf(String title, String... pages) throws IOException {
        try (var pdf = new PDDocument(); var bytes = new ByteArrayOutputStream()) {
            pdf.getDocumentInformation().setTitle(title);
            for (var text : pages) addPage(pdf, text);
            pdf.save(bytes);
            return bytes.toByteArray();
        }
    }

    private static void addPage(PDDocument pdf, String text) throws IOException {
        var page = new PDPage();
        pdf.addPage(page);
        try (var content = new PDPageContentStream(pdf, page)) {
            content.beginText();
            content.setFont(new PDType1Font(FontName.HELVETICA), 12);
            content.newLineAtOffset(50, 700);
            content.showText(text);
            content.endText();
        }
    }

    static void jar(Path file, List<String> entries) throws IOException {
        try (OutputStream out = Files.newOutputStream(file); var jar = new ZipOutputStream(out)) {
            for (var entry : entries) {
                jar.putNextEntry(new ZipEntry(entry));
                jar.write(("<html><body><main>Text of " + entry + "</main></body></html>").getBytes(StandardCharsets.UTF_8));
            }
        }
    }
}
