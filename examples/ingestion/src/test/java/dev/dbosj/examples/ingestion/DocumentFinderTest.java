package dev.dbosj.examples.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentFinderTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void someFiles() throws IOException {
        for (var name : List.of("b.pdf", "a/z.md", "a/index.html", "program.exe", "c.TXT")) {
            var file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "text");
        }
    }

    @Test
    void aFolderGivesItsReadableFilesInOrder() throws IOException {
        assertThat(find(100, folder.toString())).containsExactly(at("a/index.html"), at("a/z.md"), at("b.pdf"), at("c.TXT"));
    }

    @Test
    void aJarOfJavadocGivesThePagesThatSomebodyWrote() throws IOException {
        Documents.jar(folder.resolve("lib-javadoc.jar"), List.of(
                "index.html", "index-all.html", "allclasses-index.html", "help-doc.html", "overview-tree.html", "script.js",
                "org/x/package-summary.html", "org/x/package-tree.html", "org/x/Thing.html", "org/x/Index.html",
                "org/x/class-use/Thing.html", "index-files/index-1.html", "src-html/org/x/Thing.html"));

        var jar = at("lib-javadoc.jar");
        assertThat(find(100, jar)).containsExactly(
                jar + "!/org/x/Index.html", jar + "!/org/x/Thing.html", jar + "!/org/x/package-summary.html");
    }

    @Test
    void filesAndWebPagesAreTakenAsTheyAreNamed() throws IOException {
        assertThat(find(100, "https://example.org/page?id=1", at("program.exe")))
                .containsExactly("https://example.org/page?id=1", at("program.exe"));
    }

    @Test
    void nothingIsFoundTwiceAndNoMoreThanTheLimit() throws IOException {
        assertThat(find(3, at("b.pdf"), folder.toString())).containsExactly(at("b.pdf"), at("a/index.html"), at("a/z.md"));
    }

    @Test
    void aMissingSourceIsAnError() {
        assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> find(1, at("missing.jar")));
    }

    private List<String> find(int limit, String... sources) throws IOException {
        return DocumentFinder.find(List.of(sources), limit);
    }

    private String at(String name) {
        return folder.resolve(name).toString();
    }
}
