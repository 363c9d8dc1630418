package dev.dbosj.postgres;

import static dev.dbosj.store.jdbc.Rows.millis;

import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.Command;
import dev.dbosj.store.jdbc.Checkpoints;
import dev.dbosj.store.jdbc.Rows;
import dev.dbosj.store.jdbc.Session;
import dev.dbosj.store.jdbc.WorkflowRow;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads at once all that a batch might repeat, and writes at once all that is new. */
final class PostgresCheckpoints implements Checkpoints {
    private record Key(long sequence, int step) {}

    private static final String RECORDED = """
            select o.step, o.name, o.output, o.error, o.child_id, o.started_at, o.completed_at, o.workflow_sequence
              from unnest(?::text[], ?::integer[]) wanted (workflow_id, step)
              join dbosj.workflow_status w on w.workflow_id = wanted.workflow_id
              join dbosj.operation_outputs o on o.workflow_sequence = w.sequence and o.step = wanted.step
            """;

    private static final String RECORD = """
            insert into dbosj.operation_outputs (
                workflow_sequence, step, name, output, error, child_id, started_at, completed_at)
            values (?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private final Session session;
    private final Map<Key, Checkpoint> recorded = new HashMap<>();
    private final Map<Key, Checkpoint> fresh = new LinkedHashMap<>();

    /** To be made when the rows of the batch are locked: what is recorded then cannot change any more. */
    PostgresCheckpoints(Session session, List<Command> batch) throws SQLException {
        this.session = session;
        var owners = new ArrayList<String>();
        var steps = new ArrayList<Integer>();
        for (var command : batch) {
            if (command.checkpoint() == null) continue;
            owners.add(command.owner().workflowId());
            steps.add(command.checkpoint().step());
        }
        if (owners.isEmpty()) return;
        session.list(
                RECORDED,
                row -> {
                    var checkpoint = Rows.checkpoint(row);
                    return recorded.put(new Key(row.getLong(8), checkpoint.step()), checkpoint);
                },
                owners,
                steps);
    }

    @Override
    public boolean record(WorkflowRow row, Checkpoint checkpoint) {
        var key = new Key(row.sequence(), checkpoint.step());
        if (recorded.putIfAbsent(key, checkpoint) != null) return false;
        fresh.put(key, checkpoint);
        return true;
    }

    @Override
    public Checkpoint find(WorkflowRow row, int step) {
        return recorded.get(new Key(row.sequence(), step));
    }

    @Override
    public void takeBack(WorkflowRow row, Checkpoint checkpoint) {
        var key = new Key(row.sequence(), checkpoint.step());
        recorded.remove(key);
        fresh.remove(key);
    }

    @Override
    public void flush() throws SQLException {
        var values = new ArrayList<Object[]>();
        fresh.forEach((key, checkpoint) -> values.add(new Object[] {
            key.sequence(),
            key.step(),
            checkpoint.name(),
            checkpoint.output(),
            checkpoint.error(),
            checkpoint.childId(),
            millis(checkpoint.startedAt()),
            millis(checkpoint.completedAt())
        }));
        session.updateEach(RECORD, values);
        fresh.clear();
    }
}
