package dev.dbosj.examples.ingestion;

import static dev.dbosj.workflow.WorkflowState.ENQUEUED;
import static dev.dbosj.workflow.WorkflowState.ERROR;
import static dev.dbosj.workflow.WorkflowState.PENDING;
import static dev.dbosj.workflow.WorkflowState.SUCCESS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final Progress progress = new Progress();

    @Test
    void ownAndListedDocumentsAreCountedOnce() {
        progress.total(10);
        progress.foundAtStart(List.of(
                document("a", SUCCESS), document("b", SUCCESS), document("x", ERROR), document("c", PENDING)));
        progress.succeededHere("c");
        progress.failed("y");
        progress.found(List.of(
                document("a", SUCCESS), document("c", SUCCESS), document("d", SUCCESS), document("y", ERROR)));

        assertThat(progress.snapshot()).isEqualTo(new Progress.Snapshot(6, 10, 2, 3));
        assertThat(progress.resumed()).isEqualTo(2);
        assertThat(progress.here()).isEqualTo(1);
    }

    @Test
    void whatThisProcessFinishedBeforeTheFirstListingWasNotResumed() {
        progress.succeededHere("b");
        progress.foundAtStart(List.of(document("a", SUCCESS), document("b", SUCCESS)));

        assertThat(progress.resumed()).isEqualTo(1);
        assertThat(progress.here()).isEqualTo(1);
    }

    @Test
    void theTotalIsKnownFromAListingWhenAnotherProcessHasTheRun() {
        progress.foundAtStart(List.of());
        assertThat(progress.snapshot().isTotalKnown()).isFalse();

        progress.found(List.of(document("a", ENQUEUED), document("b", SUCCESS)));
        assertThat(progress.snapshot()).isEqualTo(new Progress.Snapshot(1, 2, 0, 0));
    }

    @Test
    void theLineSaysHowFarHowFastAndHowLong() {
        assertThat(ProgressLine.text(new Progress.Snapshot(1_203, 3_412, 2, 203), 10))
                .isEqualTo("1203/3412 documents, 100/s, 2 failed, 22 s left");
        assertThat(ProgressLine.text(new Progress.Snapshot(10, 4_010, 0, 0), 10)).endsWith("1/s, 0 failed, 1:06 h left");
        assertThat(ProgressLine.text(new Progress.Snapshot(5, 10, 0, 5), 10)).endsWith("0/s, 0 failed, ? left");
        assertThat(ProgressLine.text(new Progress().snapshot(), 1)).isEqualTo("looking for documents");
    }

    @Test
    void aTerminalSeesOneLineWrittenOver() {
        assertThat(shown(true, 0, 100, 200)).isEqualTo(("\r\033[K0/1 documents, 0/s, 0 failed, ? left").repeat(3));
    }

    @Test
    void elsewhereALineComesEveryTwoSeconds() {
        assertThat(shown(false, 0, 1_000, 2_000, 2_100, 4_000).lines()).hasSize(2);
    }

    private static String shown(boolean terminal, int... millis) {
        var bytes = new ByteArrayOutputStream();
        var line = new ProgressLine(new PrintStream(bytes), terminal, 0);
        for (int at : millis) line.show(new Progress.Snapshot(0, 1, 0, 0), TimeUnit.MILLISECONDS.toNanos(at));
        return bytes.toString();
    }

    private static WorkflowStatus document(String id, WorkflowState status) {
        return new WorkflowStatus(
                id, status, "indexDocument", Ingestion.QUEUE, 0, null, null, null, null, null, 0, 0, "run",
                Instant.EPOCH, null, null, null);
    }
}
