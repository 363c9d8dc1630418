package dev.dbosj.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTest {
    @Test
    void whatIsCutSaysSoAndKeepsItsWidth() {
        assertThat(Text.cut("abcdef", 6)).isEqualTo("abcdef");
        assertThat(Text.cut("abcdef", 5)).isEqualTo("abcd…");
        assertThat(Text.cut("日本語", 5)).isEqualTo("日本…");
        assertThat(Text.cut("日本語", 4)).isEqualTo("日…");
        assertThat(Text.cutMiddle("abcdefgh", 5)).isEqualTo("ab…gh");
        assertThat(Text.cutMiddle("🙂🙂🙂🙂", 5)).isEqualTo("🙂…🙂");
    }

    @Test
    void ordinaryTextOfAnyLanguageIsLeftAlone() {
        assertThat(Text.printable("Ärger, 日本語, שלום, 🙂")).isEqualTo("Ärger, 日本語, שלום, 🙂");
        assertThat(Text.printable("\ud800")).isEqualTo("\\ud800");
        assertThat(Text.printable("\udb40\udc41")).as("invisible, in two units").isEqualTo("\\udb40\\udc41");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0ms", "999, 999ms", "1000, 1.0s", "9999, 9.9s", "10000, 10s", "59999, 59s", "60000, 1m00s", "192000, 3m12s",
        "3599999, 59m59s", "3600000, 1h00m", "18420000, 5h07m", "86400000, 1d0h", "270000000, 3d3h", "-5, 0ms"
    })
    void spansHaveTwoFiguresThatMatter(long millis, String words) {
        var start = Instant.parse("2026-01-01T00:00:00Z");

        assertThat(Times.span(start, start.plus(Duration.ofMillis(millis)))).isEqualTo(words);
    }
}
