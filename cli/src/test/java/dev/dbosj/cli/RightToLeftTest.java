package dev.dbosj.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.text.Bidi;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names in Hebrew and Arabic, and characters that turn a line round, on a terminal that knows how they are written. */
class RightToLeftTest {
    private static final List<String> NAMES = List.of("שלום", "הזמנה 17", "طلب", "طلب ٤٢", "abc שלום 5", "(שלום)", "17");
    private static final List<String> TITLES = List.of("WORKFLOW ID", "STATUS", "NAME", "QUEUE", "CREATED", "DURATION");

    /** All that Unicode has to say which way text goes. */
    private static final String CONTROLS =
            "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069";

    @TempDir
    private Path folder;

    private Recorded recorded;

    @BeforeEach
    void record() {
        recorded = new Recorded(folder);
        for (var name : NAMES) recorded.enqueued(name, name, name);
    }

    @AfterEach
    void close() {
        recorded.close();
    }

    private Cli cli() {
        return new Cli().database(recorded.url).environment("NO_COLOR", "1").environment("COLUMNS", "120");
    }

    @Test
    void everyColumnOfATableStaysInItsPlace() {
        var list = cli().interactive().run("workflow", "list").lines();

        assertThat(list).hasSize(1 + NAMES.size());
        for (var line : list) assertThat(isInOrder(list.getFirst(), line)).as(line).isTrue();
    }

    /** What a pipe gets goes to programs, and shows that disorder would have been noticed. */
    @Test
    @Tag("canary")
    void inAPipeNothingIsAddedToTheText() {
        var list = cli().run("workflow", "list").lines();

        assertThat(list).noneMatch(line -> line.contains(Text.LEFT_TO_RIGHT));
        assertThat(list.stream().filter(line -> !isInOrder(list.getFirst(), line)).count()).isGreaterThan(3);
        assertThat(cli().interactive().run("workflow", "list", "-o", "ids").lines())
                .containsExactlyInAnyOrderElementsOf(NAMES);
    }

    @Test
    void aTableOfOrdinaryTextHasNoMarks() {
        var list = cli().interactive().run("workflow", "list", "--name", "17").lines();

        assertThat(list).hasSize(2).noneMatch(line -> line.contains(Text.LEFT_TO_RIGHT));
    }

    @Test
    void whatTurnsALineRoundIsShownInsteadOfObeyed() {
        for (var control : CONTROLS.split("")) {
            var name = "a" + control + "b";
            recorded.enqueued(name, name, name);
            var shown = "a\\u%04xb".formatted((int) control.charAt(0));

            assertThat(cli().interactive().run("workflow", "list", "--prefix", name).out())
                    .contains(shown).doesNotContain(control);
            assertThat(cli().interactive().run("workflow", "get", name).out()).contains(shown).doesNotContain(control);
            assertThat(cli().run("workflow", "cancel", "x" + control).err())
                    .contains("x\\u%04x".formatted((int) control.charAt(0))).doesNotContain(control);
            assertThat(cli().run("workflow", "li" + control + "st").err()).doesNotContain(control);
        }
    }

    /** Whether between two titles the same characters are seen as are written there, whichever way they go. */
    private static boolean isInOrder(String heading, String line) {
        var seen = seen(line).replace(Text.LEFT_TO_RIGHT, "");
        var written = line.replace(Text.LEFT_TO_RIGHT, "");
        return TITLES.stream()
                .map(heading::indexOf)
                .allMatch(start -> sorted(seen, start).equals(sorted(written, start)));
    }

    private static List<Integer> sorted(String line, int start) {
        return line.substring(Math.min(start, line.length())).chars().sorted().boxed().toList();
    }

    /** The line as a terminal shows it that goes by its first letter. */
    private static String seen(String line) {
        var bidi = new Bidi(line, Bidi.DIRECTION_DEFAULT_LEFT_TO_RIGHT);
        var levels = new byte[line.length()];
        var characters = new Character[line.length()];
        IntStream.range(0, line.length()).forEach(i -> {
            levels[i] = (byte) bidi.getLevelAt(i);
            characters[i] = line.charAt(i);
        });
        Bidi.reorderVisually(levels, 0, characters, 0, characters.length);
        var seen = new StringBuilder();
        for (var character : characters) seen.append(character);
        return seen.toString();
    }
}
