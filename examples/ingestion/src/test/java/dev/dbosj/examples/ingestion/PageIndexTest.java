package dev.dbosj.examples.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageIndexTest {
    @TempDir
    private Path directory;

    @Test
    void whatIsIndexedIsOnDiskBeforeTheIndexIsClosed() throws Exception {
        try (var index = open()) {
            index.index("a.html", document("Title", "One virtual thread per task.", "Another page"));

            assertThat(find("thread")).singleElement().satisfies(hit -> {
                assertThat(hit.location()).isEqualTo("a.html");
                assertThat(hit.position()).isEqualTo(1);
                assertThat(hit.title()).isEqualTo("Title");
                assertThat(hit.snippet()).isEqualTo("One virtual <b>thread</b> per task.");
            });
        }
    }

    @Test
    void indexingADocumentAgainReplacesItsPages() throws Exception {
        try (var index = open()) {
            index.index("a.html", document("Old", "apple", "apple", "apple"));
            index.index("a.html", document("New", "apple"));
        }

        assertThat(find("apple")).extracting(PageSearch.Hit::title).containsExactly("New");
    }

    @Test
    void manyThatWaitAreAllIndexed() throws Exception {
        try (var index = open(); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = IntStream.range(0, 200)
                    .mapToObj(n -> threads.submit(() -> {
                        index.index("document-" + n, document("Title", "pear " + n));
                        return n;
                    }))
                    .toList();
            for (var each : running) each.get();

            assertThat(find("pear")).hasSize(200);
        }
    }

    @Test
    void eachProcessWritesAFolderOfItsOwnAndASearchReadsAllWithoutDoubles() throws Exception {
        try (var one = open(); var other = open()) {
            one.index("shared", document("Title", "plum", "prune"));
            one.index("one", document("Title", "plum"));
            other.index("shared", document("Title", "plum", "prune"));
            other.index("other", document("Title", "plum"));
        }

        assertThat(folders()).containsExactly("0", "1");
        assertThat(find("plum")).extracting(PageSearch.Hit::location).containsExactlyInAnyOrder("shared", "one", "other");
        assertThat(find("prune")).hasSize(1);
    }

    @Test
    void aFolderIsUsedAgainWhenItsProcessIsGone() throws Exception {
        for (var word : List.of("first", "second"))
            try (var index = open()) {
                index.index(word, document("Title", word));
            }

        assertThat(folders()).containsExactly("0");
        assertThat(find("first")).hasSize(1);
        assertThat(find("second")).hasSize(1);
    }

    @Test
    void aDocumentThatLuceneRefusesFailsAlone() throws Exception {
        try (var index = open()) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> index.index("x".repeat(40_000), document("Title", "cherry")));
            index.index("fine", document("Title", "cherry"));
        }

        assertThat(find("cherry")).extracting(PageSearch.Hit::location).containsExactly("fine");
    }

    @Test
    void anIndexThatCannotBeWrittenIsReportedAndNobodyIsToldThatTheirPagesAreOnDisk() throws Exception {
        var broken = new CompletableFuture<IOException>();
        var told = new CompletableFuture<Void>();
        try (var index = PageIndex.open(directory, broken::complete)) {
            deleteRecursively(directory.resolve("0"));
            var waiting = Thread.startVirtualThread(() -> {
                try {
                    index.index("lost", document("Title", "fig"));
                    told.complete(null);
                } catch (InterruptedException stopped) {
                    told.cancel(false);
                }
            });

            assertThat(broken.get(10, TimeUnit.SECONDS)).isNotNull();
            waiting.interrupt();
            waiting.join();
            assertThat(told).isCancelled();
        }
    }

    @Test
    void allWordsHaveToBeThereAndAPhraseInItsOrder() throws Exception {
        try (var index = open()) {
            index.index("both", document("Title", "A thread may be virtual."));
            index.index("phrase", document("Title", "A virtual thread."));
            index.index("one", document("Title", "A platform thread."));
        }

        assertThat(find("virtual threads")).extracting(PageSearch.Hit::location).containsExactlyInAnyOrder("both", "phrase");
        assertThat(find("\"virtual thread\"")).extracting(PageSearch.Hit::location).containsExactly("phrase");
    }

    private PageIndex open() throws IOException {
        return PageIndex.open(directory, broken -> {
            throw new AssertionError(broken);
        });
    }

    private List<PageSearch.Hit> find(String words) throws IOException {
        try (var search = PageSearch.open(directory)) {
            return search.find(words, 1000);
        }
    }

    private List<String> folders() throws IOException {
        try (Stream<Path> below = Files.list(directory)) {
            return below.map(folder -> folder.getFileName().toString()).sorted().toList();
        }
    }

    private static ParsedDocument document(String title, String... pages) {
        return new ParsedDocument(title, IntStream.range(0, pages.length).mapToObj(i -> new Page(i + 1, pages[i])).toList());
    }

    private static void deleteRecursively(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (var file : files.toList()) Files.delete(file);
        }
        Files.delete(folder);
    }
}
