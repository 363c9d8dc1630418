package dev.dbosj.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A witness that sees nothing proves nothing: each kind of stale write is seen, whatever has let it through. */
class WitnessTest {
    private static final String OWNER = PostgresDatabase.WORKER + 1;
    private static final String STRANGER = PostgresDatabase.WORKER + 2;

    private final LabDatabase database = Store.POSTGRES.open(Path.of(""));
    private final Witness witness = database.witness().orElseThrow();

    @BeforeEach
    void twoExecutorsAndAWorkflowOfTheFirst() {
        for (var worker : new String[] {OWNER, STRANGER}) run(worker, """
                insert into executors (executor_id, application, names, lease, heartbeat, dead)
                values (current_setting('application_name'), '', '{}', 1, 1, false)
                """);
        insert(OWNER, "w", "'PENDING'", "null", "'" + OWNER + "'");
        insert(OWNER, "waiting", "'ENQUEUED'", "null", "null");
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void insert(String writer, String id, String status, String parent, String owner) {
        run(writer, """
                insert into workflow_status (workflow_id, uid, status, name, queue_name, priority, parent_id,
                       executor_id, owner_epoch, attempts, progress, resume_requested, created_at)
                values ('%s', 1, %s, 'n', 'q', 0, %s, %s, 1, 0, 0, false, 1)
                """.formatted(id, status, parent, owner));
    }

    private void run(String writer, String sql) {
        database.tables().change("set application_name = '%s'; %s".formatted(writer, sql));
    }

    private void everything(String writer) {
        insert(writer, "child-" + writer, "'ENQUEUED'", "'w'", "null");
        run(writer, "insert into operation_outputs (workflow_sequence, step, name) values (1, 0, 's')");
        run(writer, "update operation_outputs set output = '%s'".formatted(writer));
        run(writer, """
                insert into workflow_events values (1, 'k', '0')
                    on conflict (workflow_sequence, key) do update set value = '1'
                """);
        run(writer, "update workflow_status set status = 'SUCCESS', executor_id = null where workflow_id = 'w'");
    }

    @Test
    void theOwnerMayWriteEverything() {
        everything(OWNER);
        run(OWNER, "update workflow_status set status = 'PENDING', executor_id = '%s', owner_epoch = 2 where %s"
                .formatted(OWNER, "workflow_id = 'waiting'"));

        assertThat(witness.staleWrites()).isEmpty();
    }

    @Test
    void everythingThatAnotherOneWritesIsStale() {
        everything(STRANGER);

        assertThat(witness.staleWrites()).hasSize(5).allMatch(write -> write.contains("by worker-2"))
                .anyMatch(write -> write.startsWith("inserted as child"))
                .anyMatch(write -> write.startsWith("operation_outputs of w"))
                .anyMatch(write -> write.startsWith("workflow_events of w"))
                .anyMatch(write -> write.startsWith("outcome SUCCESS of w"));
    }

    @Test
    void anOutcomeOfAWorkflowThatNobodyOwnsIsStale() {
        run(OWNER, "update workflow_status set status = 'ERROR' where workflow_id = 'waiting'");

        assertThat(witness.staleWrites()).singleElement().asString().startsWith("outcome ERROR of waiting");
    }

    @Test
    void aClaimOfWhatHasAnOwnerOrForSomebodyElseIsStale() {
        run(STRANGER, "update workflow_status set executor_id = '%s', owner_epoch = 2 where workflow_id = 'w'"
                .formatted(STRANGER));
        run(STRANGER, "update workflow_status set executor_id = '%s', owner_epoch = 2 where workflow_id = 'waiting'"
                .formatted(OWNER));

        assertThat(witness.staleWrites()).hasSize(2).allMatch(write -> write.startsWith("claim of w"));
    }

    @Test
    void anEpochThatGoesBackIsStale() {
        run(OWNER, "update workflow_status set owner_epoch = 0 where workflow_id = 'w'");

        assertThat(witness.staleWrites()).singleElement().asString().startsWith("epoch 0 of w");
    }

    @Test
    void holdersOfALimitedQueueAreCountedWhenOneIsClaimed() {
        run(OWNER, "insert into queues (name, concurrency, version) values ('q', 1, 1)");
        run(OWNER, "update workflow_status set status = 'PENDING', executor_id = '%s', owner_epoch = 2 where %s"
                .formatted(OWNER, "workflow_id = 'waiting'"));

        assertThat(witness.claims()).isOne();
        assertThat(witness.mostHolders()).isEqualTo(2);
        assertThat(witness.mostHoldersOfOne()).isEqualTo(2);
    }
}
