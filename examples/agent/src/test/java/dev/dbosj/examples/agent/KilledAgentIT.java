package dev.dbosj.examples.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.DBOSClient;
import dev.dbosj.workflow.StepInfo;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, on the recorded conversation: of 2, 20 and 7 tool calls, after which the model answers. */
class KilledAgentIT {
    private static final int TURNS = 4;
    private static final int BEFORE = 2;
    private static final int FAN_OUT = 20;
    private static final int TOOLS = BEFORE + FAN_OUT + 7;
    private static final int AT_ONCE = 4;
    private static final int LOOK_MILLIS = 5;

    @TempDir
    private Path home;

    private Path ledger;

    @BeforeEach
    void nameTheLedger() {
        ledger = home.resolve("ledger");
    }

    @Test
    void killedInTheMiddleOfAFanOutItDoesNothingAgainThatWasCompleted() throws Exception {
        long killed;
        try (var process = start("--pace=400")) {
            killed = process.pid();
            awaitSteps(1 + BEFORE + 1 + 2 * AT_ONCE, process);
            process.kill();
        }
        var completed = completedSteps();
        var underWay = LedgerAudit.of(ledger).begunBy(killed);
        underWay.removeAll(completed);
        assertThat(completed).as("killed in the middle")
                .hasSizeBetween(1 + BEFORE + 1 + AT_ONCE, 1 + BEFORE + 1 + FAN_OUT - AT_ONCE);

        try (var process = start("--pace=0")) {
            var result = process.awaitResult();
            var audit = LedgerAudit.of(ledger);

            assertThat(audit.ended()).as("every reply and every tool call").hasSize(TURNS + TOOLS);
            assertThat(audit.begunBy(process.pid()))
                    .as("completed, and begun again")
                    .doesNotContainAnyElementsOf(completed);
            assertThat(audit.begunAgain()).as("under way, and so begun again").isEqualTo(underWay);
            assertThat(underWay).hasSizeLessThanOrEqualTo(AT_ONCE);
            assertThat(result.turns()).isEqualTo(TURNS);
            assertThat(result.tools()).isEqualTo(TOOLS).isEqualTo(result.earlier() + result.now());
            assertThat(result.earlier()).isPositive();
            assertThat(process.output())
                    .contains("On Mimas, a small moon of Saturn: 76.6 m")
                    .doesNotContain("Exception");
        }
    }

    @Test
    void stoppedItSaysHowToGoOnAndWhatWasAnsweredIsNotAskedAgain() throws Exception {
        try (var process = start("--pace=200")) {
            awaitSteps(1 + BEFORE, process);
            process.interrupt();
            process.awaitExit();
            assertThat(process.output()).contains("the same command goes on from here").doesNotContain("Exception");
        }
        try (var process = start("--pace=0", "What is it?")) {
            assertThat(process.awaitResult().tools()).isEqualTo(TOOLS);
            assertThat(process.output()).contains("a recorded model answers");
        }
        int done = LedgerAudit.of(ledger).lines();
        try (var process = start()) {
            assertThat(process.awaitResult()).isEqualTo(new AgentProcess.Result(TURNS, TOOLS, TOOLS, 0));
            assertThat(process.output()).contains("this was answered before");
            assertThat(LedgerAudit.of(ledger).lines()).isEqualTo(done);
        }
    }

    private AgentProcess start(String... arguments) throws IOException {
        var all = Stream.concat(Stream.of("--ledger=" + ledger, "--concurrency=" + AT_ONCE), Stream.of(arguments));
        return AgentProcess.start(home, all.toArray(String[]::new));
    }

    private void awaitSteps(int ended, AgentProcess process) throws Exception {
        while (LedgerAudit.of(ledger).ended().size() < ended) {
            assertThat(process.isAlive()).as("ended before %d steps: %s", ended, process.output()).isTrue();
            Thread.sleep(LOOK_MILLIS);
        }
    }

    /** The keys of all model calls and tool calls that the system database knows to be done. */
    private Set<String> completedSteps() {
        var completed = new HashSet<String>();
        try (var dbos = DBOSClient.connect("sqlite:" + home.resolve("agent.db"))) {
            for (WorkflowStatus workflow : dbos.listWorkflows(WorkflowFilter.all()))
                for (StepInfo step : dbos.listWorkflowSteps(workflow.workflowId()))
                    if (step.childId() == null) completed.add(workflow.workflowId() + ":" + step.step());
        }
        return completed;
    }
}
