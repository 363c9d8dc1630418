package dev.dbosj.lab;

import static dev.dbosj.lab.Entry.Kind.BEGIN;
import static dev.dbosj.lab.Entry.Kind.CLAIMED;
import static dev.dbosj.lab.Entry.Kind.CONTINUED;
import static dev.dbosj.lab.Entry.Kind.END;
import static dev.dbosj.lab.Entry.Kind.FAULT;
import static dev.dbosj.lab.Entry.Kind.STOPPED;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PausesTest {
    private static final int KILLED = 1;
    private static final int HEIR = 2;

    private final List<Entry> ledger = new ArrayList<>();

    private void note(int seconds, Entry.Kind kind, int pid) {
        var workflow = kind == FAULT || kind == STOPPED || kind == CONTINUED ? "" : "w";
        ledger.add(new Entry(Duration.ofSeconds(seconds).toNanos(), kind, pid, pid, workflow, 0, "", 0, ""));
    }

    @Test
    void aWorkflowStandsStillFromTheEndOfItsProcessUntilAnotherOneClaimsIt() {
        note(0, CLAIMED, KILLED);
        note(1, FAULT, KILLED);
        note(4, CLAIMED, HEIR);
        note(5, BEGIN, HEIR);

        assertThat(Pauses.of(ledger).longest().length()).hasSeconds(3);
    }

    @Test
    void aWorkflowThatWasStartedDirectlyIsKnownByItsStep() {
        note(0, BEGIN, KILLED);
        note(1, STOPPED, KILLED);
        note(2, CLAIMED, HEIR);

        assertThat(Pauses.of(ledger).longest().length()).hasSeconds(1);
    }

    @Test
    void thatAZombieEndsItsStepIsNoTakeover() {
        note(0, BEGIN, KILLED);
        note(1, STOPPED, KILLED);
        note(3, CLAIMED, HEIR);
        note(4, FAULT, HEIR);
        note(5, CONTINUED, KILLED);
        note(6, END, KILLED);
        note(9, CLAIMED, KILLED);

        assertThat(Pauses.of(ledger).count()).isEqualTo(2);
        assertThat(Pauses.of(ledger).longest().length()).hasSeconds(5);
    }

    @Test
    void aProcessThatGoesOnItselfBecauseNobodyTookOverHasPausedAsLong() {
        note(0, BEGIN, KILLED);
        note(1, STOPPED, KILLED);
        note(8, CONTINUED, KILLED);
        note(8, END, KILLED);

        assertThat(Pauses.of(ledger).longest().length()).hasSeconds(7);
    }
}
