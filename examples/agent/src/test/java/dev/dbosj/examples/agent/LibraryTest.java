package dev.dbosj.examples.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryTest {
    @TempDir
    private Path folder;

    @Test
    void pagesAreFoundByTheirWordsBestFirstAndReadByTheirLocation() throws Exception {
        try (var library = Library.bundled()) {
            assertThat(library.search("huge crater").lines())
                    .satisfiesExactly(
                            best -> assertThat(best).startsWith("mimas: Mimas. "),
                            other -> assertThat(other).startsWith("callisto: Callisto. "));
            assertThat(library.read("mimas"))
                    .startsWith("A small moon of Saturn")
                    .endsWith("surface gravity 0.064 m/s2.");
        }
    }

    @Test
    void whatIsNotThereIsSaidNotToBe() throws Exception {
        try (var library = Library.bundled()) {
            assertThatThrownBy(() -> library.search("sqlite")).hasMessage("no page of 20 has any of these words");
            assertThatThrownBy(() -> library.read("../../etc/passwd")).hasMessage("there is nothing at this location");
            for (var odd : new String[] {"\"", "*:*", "(((", "-", "title:", "a~100", "\\", "\0", "AND OR NOT"})
                assertThatThrownBy(() -> library.search(odd)).as(odd).isInstanceOf(ToolException.class);
        }
    }

    @Test
    void whatTheDemoHasIndexedIsSearchedIfThereIsAny() throws Exception {
        try (var nothing = Library.ingestedOrBundled(folder.resolve("none"))) {
            assertThat(nothing.pages()).isEqualTo(20);
        }
        index("0", "/a.jar!/Executor.html", "Executor", "runs virtual threads");
        index("1", "/b.pdf", "Loom", "a virtual thread is cheap", "and page two");
        try (var library = Library.ingestedOrBundled(folder)) {
            assertThat(library.search("virtual threads").lines()).hasSize(2);
            assertThat(library.read("/b.pdf")).isEqualTo("a virtual thread is cheap\nand page two");
        }
    }

    /** As the ingestion example does it. */
    private void index(String number, String location, String title, String... texts) throws IOException {
        try (var files = FSDirectory.open(folder.resolve(number));
                var writer = new IndexWriter(files, new IndexWriterConfig(new EnglishAnalyzer()))) {
            for (var text : texts) {
                var page = new Document();
                page.add(new StringField("location", location, Store.YES));
                page.add(new TextField("title", title, Store.YES));
                page.add(new TextField("text", text, Store.YES));
                writer.addDocument(page);
            }
        }
    }
}
