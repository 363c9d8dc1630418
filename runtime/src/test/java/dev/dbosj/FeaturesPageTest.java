package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/FEATURES.md points to is there. */
class FeaturesPageTest {
    private static final Path DOCS = Path.of("").toAbsolutePath().getParent().resolve("docs");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)#([^)]+)\\)");
    private static final Pattern TEST = Pattern.compile("`(\\w+)(?:\\.(\\w+))?`");

    @Test
    void everyGuideHasTheSectionThatIsNamed() throws IOException {
        var links = rows().flatMap(row -> LINK.matcher(row).results()).toList();
        assertThat(links).isNotEmpty().allSatisfy(link -> assertThat(sections(link.group(1))).contains(link.group(2)));
    }

    @Test
    void everyTestThatIsNamedExists() throws IOException {
        var sources = TestSources.ofAllModules();
        var tests = rows().flatMap(row -> TEST.matcher(row).results()).toList();
        assertThat(tests).isNotEmpty().allSatisfy(test -> requireTest(sources, test));
    }

    @Test
    void everyFeatureHasAGuideAndATest() throws IOException {
        assertThat(rows()).allSatisfy(row -> {
            var cells = row.split("\\|");
            assertThat(cells[2]).containsPattern(LINK);
            assertThat(cells[3]).containsPattern(TEST);
        });
    }

    private static void requireTest(TestSources sources, MatchResult test) {
        if (test.group(2) == null) assertThat(sources.has(test.group(1))).as(test.group()).isTrue();
        else assertThat(sources.has(test.group(1), test.group(2))).as(test.group()).isTrue();
    }

    private static Stream<String> rows() throws IOException {
        return Files.readAllLines(DOCS.resolve("FEATURES.md")).stream()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| feature"));
    }

    /** The anchors of a page, as a browser knows them. */
    private static List<String> sections(String page) {
        try {
            return Files.readAllLines(DOCS.resolve(page)).stream()
                    .filter(line -> line.startsWith("#"))
                    .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
                    .map(title -> title.replaceAll("[^a-z0-9 -]", "").replace(' ', '-'))
                    .toList();
        } catch (IOException missing) {
            throw new AssertionError(page, missing);
        }
    }
}
