package dev.dbosj.examples.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SelectionTest {
    private static final Selection SELECTION = new Selection(List.of("/a", "/b"), 10, "/index");

    @Test
    void theSameSelectionIsTheSameRun() {
        assertThat(new Selection(List.of("/a", "/b"), 10, "/index").workflowId()).isEqualTo(SELECTION.workflowId());
        assertThat(SELECTION.workflowId()).matches("ingestion-[0-9a-f]{16}");
    }

    @Test
    void anyDifferenceMakesAnotherRun() {
        assertThat(List.of(
                        new Selection(List.of("/a"), 10, "/index"),
                        new Selection(List.of("/a", "/b"), 11, "/index"),
                        new Selection(List.of("/a", "/b"), 10, "/other")))
                .extracting(Selection::workflowId)
                .doesNotContain(SELECTION.workflowId());
    }
}
