package dev.dbosj.bench;

import java.util.List;

/** A past of the engine's own tables: workflows of the last months that have ended, each with its checkpoints. */
final class FinishedWorkflows {
    private static final String WORKFLOWS = """
            insert into dbosj.workflow_status (workflow_id, uid, status, name, queue_name, priority, owner_epoch,
                attempts, progress, resume_requested, created_at, started_at, completed_at, input, output)
            select left(id, 8) || '-' || substr(id, 9, 4) || '-7' || substr(id, 13, 3) || '-9' || substr(id, 16, 3)
                       || '-' || substr(id, 19, 12),
                   n, 'SUCCESS', 'one', 'work', 0, 1, 1, 0, false, at, at + 40, at + 90,
                   '{"positionalArgs":[{"order":"order-' || n || '","customer":"' || repeat('c', 80) || '"}]}',
                   '{"order":"order-' || n || '","receipt":"' || repeat('r', 60) || '"}'
              from (select n, at, lpad(to_hex(at), 12, '0') || md5(n::text) as id
                      from (select n, (extract(epoch from now()) * 1000)::bigint - (%1$d - n) * 7000 as at
                              from generate_series(1::bigint, %1$d) n) ages) ids
            """;

    private static final String CHECKPOINTS = """
            insert into dbosj.operation_outputs (workflow_sequence, step, name, output, started_at, completed_at)
            select w.sequence, s.step, 'step', '{"step":' || s.step || ',"receipt":"' || repeat('s', 60) || '"}',
                   w.started_at, w.completed_at
              from dbosj.workflow_status w, generate_series(0, %d) s (step)
             order by w.sequence, s.step
            """;

    private static final int LAST_STEP = 1;

    /** What was just written should not be carried to the disk while something is measured; not everybody may ask. */
    private static final String SETTLE = """
            do $$
            begin
                if (select rolsuper from pg_roles where rolname = current_user) then
                    checkpoint;
                end if;
            end
            $$
            """;

    private FinishedWorkflows() {}

    /** What makes so many of them. */
    static List<String> statements(int workflows) {
        return List.of(WORKFLOWS.formatted(workflows), CHECKPOINTS.formatted(LAST_STEP), "vacuum analyze", SETTLE);
    }
}
