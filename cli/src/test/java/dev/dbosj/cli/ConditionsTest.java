package dev.dbosj.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.workflow.WorkflowState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which workflows are meant, and what is done to many at once. */
class ConditionsTest {
    private Recorded recorded;
    private Cli cli;

    @BeforeEach
    void open(@TempDir Path folder) {
        recorded = new Recorded(folder);
        cli = new Cli().database(recorded.url);
    }

    @AfterEach
    void close() {
        recorded.close();
    }

    /** At 11:50, 11:55 and 11:59 in Berlin; it is 12:00. */
    private void threeInTenMinutes() {
        recorded.enqueued("first", "ship", "orders").after(Duration.ofMinutes(5));
        recorded.enqueued("second", "bill", "mail").after(Duration.ofMinutes(4));
        recorded.running("third", "ship");
    }

    @Test
    void timesAreToldAsPeopleTellThem() {
        threeInTenMinutes();

        assertThat(list("--since", "6m")).containsExactly("third", "second");
        assertThat(list("--since", "5m")).as("from then on").containsExactly("third", "second");
        assertThat(list("--since", "4m59s")).containsExactly("third");
        assertThat(list("--since", "PT1M30S")).containsExactly("third");
        assertThat(list("--until", "5m")).as("before then").containsExactly("first");
        assertThat(list("--since", "11:54", "--until", "11:58")).containsExactly("second");
        assertThat(list("--since", "09:54", "--utc")).containsExactly("third", "second");
        assertThat(list("--since", "2026-05-01T11:54:00")).containsExactly("third", "second");
        assertThat(list("--since", "2026-05-01T09:58Z")).containsExactly("third");
        assertThat(list("--since", "2026-05-01T11:58:00+02:00")).containsExactly("third");
        assertThat(list("--since", "2026-05-01 11:54:00")).containsExactly("third", "second");
        assertThat(list("--since", "2026-05-02")).isEmpty();
        assertThat(list("--until", "2026-05-01")).isEmpty();
        assertThat(list("--start-time", "2026-05-01")).as("as DBOS says it").hasSize(3);
    }

    @Test
    void whatHasFailedInTheLastHourIsFoundByWhenItEnded() {
        recorded.running("old", "ship").running("young", "ship");
        recorded.ended("old", WorkflowState.ERROR, null, "{}").after(Duration.ofMinutes(8));
        recorded.ended("young", WorkflowState.ERROR, null, "{}");

        assertThat(list("--status", "error", "--ended-since", "5m")).containsExactly("young");
        assertThat(list("--status", "error", "--ended-until", "5m")).containsExactly("old");
    }

    @Test
    void otherPropertiesNarrowTheListToo() {
        threeInTenMinutes();

        assertThat(list("-n", "ship", "-n", "bill")).hasSize(3);
        assertThat(list("-q", "orders", "-q", "mail")).containsExactly("second", "first");
        assertThat(list("--executor", "executor-1")).containsExactly("third");
        assertThat(list("--executor", "nobody")).isEmpty();
        assertThat(list("--partition", "acme")).isEmpty();
    }

    @Test
    void aPageBeginsBehindTheOneBefore() {
        for (int i = 0; i < 25; i++) recorded.enqueued("w" + i, "ship", "orders");

        assertThat(list("--after", "w15")).hasSize(10).startsWith("w14").endsWith("w5");
        assertThat(list("--after", "w5", "--oldest-first", "-l", "2")).containsExactly("w6", "w7");
        var unknown = cli.run("workflow", "list", "--after", "nobody");
        assertThat(unknown.code()).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(unknown.err()).isEqualTo("dbos-cli: there is no workflow nobody\n");
    }

    @Test
    void aDryRunShowsWhatWouldBeDoneAndDoesNothing() {
        threeInTenMinutes();

        var result = cli.run("workflow", "cancel", "--queue", "orders", "--dry-run");

        assertThat(result.out()).contains("first").doesNotContain("second");
        assertThat(result.code()).isZero();
        assertThat(recorded.state("first")).isEqualTo(WorkflowState.ENQUEUED);
    }

    @Test
    void manyAreChangedOnlyAfterAYes() {
        for (int i = 0; i < 12; i++) recorded.enqueued("w" + i, "ship", "orders");
        recorded.enqueued("other", "bill", "orders");

        var nobody = cli.run("workflow", "cancel", "--name", "ship");
        assertThat(nobody.code()).isEqualTo(ExitCode.USAGE);
        assertThat(nobody.err()).contains("add --yes to cancel 12 workflows");
        cli.interactive();
        var no = cli.input("\n").run("workflow", "cancel", "--name", "ship");
        assertThat(no.code()).isEqualTo(ExitCode.FAILURE);
        assertThat(no.out()).contains("… and 2 more");
        assertThat(no.err()).isEqualTo("Cancel 12 workflows? [y/N] Nothing was changed.\n");
        assertThat(recorded.state("w0")).isEqualTo(WorkflowState.ENQUEUED);
        var yes = cli.input("y\n").run("workflow", "cancel", "--name", "ship");
        assertThat(yes.out()).endsWith("Cancelled: 12 workflows, their descendants included.\n");
        assertThat(recorded.state("w11")).isEqualTo(WorkflowState.CANCELLED);
        assertThat(recorded.state("other")).isEqualTo(WorkflowState.ENQUEUED);

        assertThat(new Cli().database(recorded.url).run("workflow", "resume", "--since", "1h", "--limit", "5", "--yes").out())
                .endsWith("Resumed: 5 workflows, their descendants included.\n");
        assertThat(list("-S", "CANCELLED")).containsExactly("w11", "w10", "w9", "w8", "w7", "w6", "w5");
    }

    @Test
    void whereNothingMeetsTheConditionsNobodyIsAsked() {
        var result = cli.run("workflow", "resume", "--name", "nothing");

        assertThat(result).isEqualTo(new Cli.Result(ExitCode.OK, "No workflow meets the conditions.\n", ""));
    }

    @Test
    void whatDoesNotFitIsRefusedWithTheReason() {
        threeInTenMinutes();
        recorded.ended("third", WorkflowState.SUCCESS, "1", null);

        var cancel = cli.run("workflow", "cancel", "third", "first");
        assertThat(cancel.code()).isEqualTo(ExitCode.CONFLICT);
        assertThat(cancel.err()).isEqualTo("third: left as it is, it has ended with SUCCESS\n");
        assertThat(cancel.out()).isEqualTo("first: cancelled\n");
        var resume = cli.run("workflow", "resume", "second");
        assertThat(resume.code()).isEqualTo(ExitCode.CONFLICT);
        assertThat(resume.err()).isEqualTo("second: left as it is, it is not stopped but ENQUEUED\n");
    }

    private List<String> list(String... options) {
        var arguments = new ArrayList<>(List.of("workflow", "list", "-o", "ids"));
        arguments.addAll(List.of(options));
        var result = cli.run(arguments.toArray(String[]::new));
        assertThat(result.code()).as(result.err()).isZero();
        return result.lines();
    }
}
