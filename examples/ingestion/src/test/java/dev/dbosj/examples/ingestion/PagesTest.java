package dev.dbosj.examples.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PagesTest {
    @Test
    void aShortTextIsOnePage() {
        assertThat(Pages.cut("  Two words \n")).containsExactly(new Page(1, "Two words"));
    }

    @Test
    void aTextWithoutWordsHasNoPages() {
        assertThat(Pages.cut(" \n\t \u00A0")).isEmpty();
    }

    @Test
    void aLongTextIsCutAtSentencesAndLosesNothing() {
        var text = IntStream.range(0, 2_000)
                .mapToObj("Sentence number %d stands here."::formatted)
                .collect(Collectors.joining(" "));

        var pages = Pages.cut(text);

        assertThat(pages).hasSizeGreaterThan(10);
        assertThat(pages).allMatch(page -> page.text().startsWith("Sentence") && page.text().endsWith("."));
        assertThat(pages.subList(0, pages.size() - 1)).extracting(page -> page.text().length())
                .allMatch(length -> length >= Pages.MAX_LENGTH / 2 && length <= Pages.MAX_LENGTH);
        assertThat(pages).extracting(Page::position).isEqualTo(IntStream.rangeClosed(1, pages.size()).boxed().toList());
        assertThat(pages.stream().map(Page::text).collect(Collectors.joining(" "))).isEqualTo(text);
    }

    @Test
    void aCharacterOfTwoHalvesIsNotCutInTwo() {
        var text = "x" + "\uD83D\uDE00".repeat(Pages.MAX_LENGTH);

        var pages = Pages.cut(text);

        assertThat(pages).hasSizeGreaterThan(1);
        assertThat(pages.stream().map(Page::text).collect(Collectors.joining())).isEqualTo(text);
        assertThat(pages).noneMatch(page -> Character.isLowSurrogate(page.text().charAt(0)));
    }

    @Test
    void charactersThatCannotBeStoredAreTakenOut() {
        assertThat(Pages.clean("a\u0000b\uD83Dc\uFEFFd\te \u00A0 f\n \n\n\ng")).isEqualTo("a b c d e f\n\ng");
        assertThat(Pages.clean("whole \uD83D\uDE00 pair")).isEqualTo("whole \uD83D\uDE00 pair");
    }
}
