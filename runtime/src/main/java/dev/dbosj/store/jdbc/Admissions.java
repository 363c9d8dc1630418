package dev.dbosj.store.jdbc;

import static dev.dbosj.store.jdbc.Rows.instant;
import static dev.dbosj.store.jdbc.Rows.millis;

import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.Outcome;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What guarded inserts must keep to: bounds of queues and keys of workflows. All that is needed is locked before the
 * first command, in one order, and what it says is read by later statements.
 */
final class Admissions {
    private record Place(String queueName, String scope, String key) {
        static final Comparator<Place> ORDER = Comparator.comparing(Place::queueName)
                .thenComparing(Place::scope)
                .thenComparing(Place::key);

        static Place of(NewWorkflow workflow) {
            return new Place(workflow.queueName(), workflow.key().scope(workflow.name()), workflow.key().value());
        }
    }

    /** @param workflowId empty for nobody yet */
    private record Holder(String workflowId, long sequence, Instant latestStart) {
        static final Holder NOBODY = new Holder("", 0, null);
    }

    private static final class Depth {
        final int max;
        long depth;

        Depth(int max, long depth) {
            this.max = max;
            this.depth = depth;
        }
    }

    private static final String LOCK_DEPTH = """
            select q.max_depth, d.depth
              from {schema}queue_depths d
              join {schema}queues q on q.name = d.queue_name
             where d.queue_name = ? and q.max_depth is not null {lock_depth}
            """;

    private static final String CHANGES =
            "delete from {schema}queue_depth_changes where queue_name = ? returning change";

    private static final String SET_DEPTH = "update {schema}queue_depths set depth = ? where queue_name = ?";

    private static final String TAKE_KEY = """
            insert into {schema}workflow_keys (queue_name, scope, key, workflow_sequence, workflow_id)
            values (?, ?, ?, 0, '')
                on conflict (queue_name, scope, key) do nothing
            """;

    private static final String HOLDER = """
            select workflow_id, workflow_sequence, latest_start
              from {schema}workflow_keys
             where queue_name = ? and scope = ? and key = ?
            """;

    private static final String GIVE_KEY = """
            update {schema}workflow_keys
               set workflow_id = ?, workflow_sequence = ?, latest_start = ?
             where queue_name = ? and scope = ? and key = ?
            """;

    private static final String FREE_KEY =
            "delete from {schema}workflow_keys where queue_name = ? and scope = ? and key = ?";

    private static final String LATEST_START = """
            select latest_start
              from {schema}workflow_keys
             where workflow_sequence = ? and latest_start is not null
            """;

    private static final String SET_INPUT = "update {schema}workflow_status set input = ? where sequence = ?";

    private final Session session;
    private final WorkflowRows rows;
    private final Instant now;
    private final Map<String, Depth> depths = new TreeMap<>();
    private final Map<Place, Holder> taken = new HashMap<>();
    private final Map<Place, String> held = new HashMap<>();

    Admissions(Session session, WorkflowRows rows, Instant now) {
        this.session = session;
        this.rows = rows;
        this.now = now;
    }

    /** Locks what the guarded inserts of a batch need. */
    void load(List<Command> batch) throws SQLException {
        var queues = new TreeSet<String>();
        var places = new TreeSet<>(Place.ORDER);
        for (var command : batch) {
            if (!(command.effect() instanceof Effect.Insert insert) || !insert.guarded()) continue;
            for (var workflow : insert.workflows()) {
                queues.add(workflow.queueName());
                if (workflow.key() != null) places.add(Place.of(workflow));
            }
        }
        for (var queue : queues) lockDepth(queue);
        for (var place : places) takeOrRead(place);
    }

    private void lockDepth(String queue) throws SQLException {
        var depth = session.first(LOCK_DEPTH, row -> new Depth(row.getInt(1), row.getLong(2)), queue);
        if (depth == null) return;
        for (var change : session.list(CHANGES, row -> row.getInt(1), queue)) depth.depth += change;
        depths.put(queue, depth);
    }

    /** Whoever holds it may lose it between two looks. */
    private void takeOrRead(Place place) throws SQLException {
        while (!taken.containsKey(place) && !held.containsKey(place)) {
            if (session.update(TAKE_KEY, place.queueName(), place.scope(), place.key()) == 1) {
                taken.put(place, Holder.NOBODY);
            } else {
                var holder = session.first(
                        HOLDER, row -> row.getString(1), place.queueName(), place.scope(), place.key());
                if (holder != null) held.put(place, holder);
            }
        }
    }

    /** What keeps new workflows from being accepted; null if nothing does. */
    Outcome refusal(Collection<NewWorkflow> fresh) {
        var more = new HashMap<String, Integer>();
        for (var workflow : fresh) {
            var holder = workflow.key() == null ? null : holder(Place.of(workflow));
            if (holder != null) return new Outcome.Refused(Outcome.Reason.KEY_HELD, holder);
            more.merge(workflow.queueName(), 1, Integer::sum);
        }
        for (var queue : more.entrySet()) {
            var depth = depths.get(queue.getKey());
            if (depth != null && depth.depth + queue.getValue() > depth.max)
                return new Outcome.Refused(Outcome.Reason.QUEUE_FULL, Long.toString(depth.depth));
        }
        return null;
    }

    private String holder(Place place) {
        var ours = taken.get(place);
        if (ours == null) return held.get(place);
        return ours == Holder.NOBODY ? null : ours.workflowId();
    }

    /** Whether it counts against the bound of its queue. */
    boolean counts(NewWorkflow workflow) {
        return depths.containsKey(workflow.queueName());
    }

    /** It was accepted. */
    void admitted(NewWorkflow workflow, long sequence) {
        if (counts(workflow)) depths.get(workflow.queueName()).depth++;
        var key = workflow.key();
        if (key == null) return;
        var latestStart = key.isHeldWhileDelayed() ? now.plus(key.longestDelay()) : null;
        taken.put(Place.of(workflow), new Holder(workflow.workflowId(), sequence, latestStart));
    }

    /** Puts a delayed workflow off, if it holds a key of that kind. @return whether it does */
    boolean putOff(WorkflowRow row, Duration delay, String input) throws SQLException {
        var latestStart = latestStart(row);
        if (latestStart == null) return false;
        var wakeAt = now.plus(delay);
        row.wakeAt = wakeAt.isBefore(latestStart) ? wakeAt : latestStart;
        session.update(SET_INPUT, input, row.sequence);
        return true;
    }

    private Instant latestStart(WorkflowRow row) throws SQLException {
        for (var holder : taken.values()) if (holder.sequence() == row.sequence) return holder.latestStart();
        return session.first(LATEST_START, (ResultSet found) -> instant(found, 1), row.sequence);
    }

    /** Writes who holds what now, and how many wait. */
    void flush() throws SQLException {
        for (var depth : depths.entrySet()) session.update(SET_DEPTH, depth.getValue().depth, depth.getKey());
        for (var entry : taken.entrySet()) {
            var place = entry.getKey();
            var holder = entry.getValue();
            if (holder == Holder.NOBODY) session.update(FREE_KEY, place.queueName(), place.scope(), place.key());
            else session.update(
                    GIVE_KEY, holder.workflowId(), holder.sequence(), millis(holder.latestStart()),
                    place.queueName(), place.scope(), place.key());
        }
    }
}
