package dev.dbosj.simulation;

import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/** Remembers every workflow as it was seen last, and judges how it has changed since. */
final class RowWitness {
    private static final int EVERYTHING = 100_000;
    private static final WorkflowFilter ALL = WorkflowFilter.all().newestFirst(false).limit(EVERYTHING);

    private static final class Seen {
        private WorkflowStatus row;
        private final List<Checkpoint> checkpoints = new ArrayList<>();
    }

    private final SystemDatabase database;
    private final ChangeWitness changes;
    private final EventWitness events;
    private final ClaimWitness claims;
    private final EndWitness ends;
    private final FailureWitness failures;
    private final Consumer<String> breach;
    private final Map<String, Seen> seen = new LinkedHashMap<>();
    /** What was purged, as it was last. */
    private final Map<String, WorkflowStatus> purged = new HashMap<>();
    /** Whose owner may have let go in the event that is looked at. */
    private final Set<String> lettingGo = new HashSet<>();

    RowWitness(
            SystemDatabase database,
            ChangeWitness changes,
            EventWitness events,
            ClaimWitness claims,
            EndWitness ends,
            FailureWitness failures,
            Consumer<String> breach) {
        this.database = database;
        this.changes = changes;
        this.events = events;
        this.claims = claims;
        this.ends = ends;
        this.failures = failures;
        this.breach = breach;
    }

    /** Owners may let go of what they end or give back in the batch, and of nothing else. */
    void letsGo(List<Command> batch) {
        lettingGo.clear();
        for (var command : batch)
            if (command.effect() instanceof Effect.Release
                    || command.effect() instanceof Effect.Finish
                    || command.effect() instanceof Effect.Fail)
                lettingGo.add(command.owner().workflowId());
    }

    /** Everybody may have lost the owner. */
    void letsGo() {
        lettingGo.addAll(seen.keySet());
    }

    long epochOf(String workflowId) {
        return seenOf(workflowId).row.epoch();
    }

    /** Whether it had an owner when it was seen last. */
    boolean hasOwner(String workflowId) {
        return seenOf(workflowId).row.executorId() != null;
    }

    // ---- looking ----------------------------------------------------------------------------------------------------

    /** Looks at what is new of all workflows. */
    void lookAtAll() {
        rows().forEach(this::look);
    }

    /** Looks at what is new of one workflow. */
    void look(String workflowId) {
        var row = database.workflow(workflowId);
        if (row != null) look(row);
        else require(!seen.containsKey(workflowId), "I3: workflow %s has vanished", workflowId);
    }

    /** Another attempt of the workflow runs its undoing again: its last operation, and nothing that has come to a result. */
    void forgets(String workflowId, int step) {
        var checkpoints = seenOf(workflowId).checkpoints;
        require(checkpoints.size() <= step + 1,
                "S7: step %s of %s runs again, and %s steps are recorded", step, workflowId, checkpoints.size());
        if (checkpoints.size() <= step) return; // recorded and forgotten in one breath
        require(checkpoints.getLast().error() != null, "S7: %s of %s was no failure", checkpoints.getLast(), workflowId);
        checkpoints.removeLast();
    }

    /** Somebody lets the workflow do everything from the step on again. */
    void forgetsFrom(String workflowId, int step) {
        var checkpoints = seenOf(workflowId).checkpoints;
        if (checkpoints.size() > step) checkpoints.subList(step, checkpoints.size()).clear();
    }

    /** Somebody has removed dead letters. */
    void purged(Collection<String> workflowIds) {
        for (var id : workflowIds) {
            var last = seen.remove(id);
            if (last == null) continue; // answered again
            require(last.row.status() == WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED, "S7: %s was purged", last.row);
            require(database.workflow(id) == null, "S7: %s was purged, and is there", id);
            purged.put(id, last.row);
        }
        lookAtAll();
    }

    /** What was purged, as it was last; null for anything else. */
    WorkflowStatus purged(String workflowId) {
        return purged.get(workflowId);
    }

    /** Compares all workflows and their whole histories with what was seen of them before. */
    void examineAll() {
        for (var row : rows()) {
            requireUnchanged(row.workflowId());
            look(row);
        }
    }

    private List<WorkflowStatus> rows() {
        var rows = database.workflows(ALL);
        require(rows.size() >= seen.size(), "I3: there were %s workflows, now there are %s", seen.size(), rows.size());
        return rows;
    }

    private void requireUnchanged(String id) {
        var before = seenOf(id).checkpoints;
        if (before.isEmpty()) return;
        var now = checkpoints(id, 0);
        require(now.size() >= before.size(),
                "I1: workflow %s had %s checkpoints, now it has %s", id, before.size(), now.size());
        for (int i = 0; i < Math.min(before.size(), now.size()); i++)
            if (!now.get(i).equals(before.get(i)))
                fail("I1: workflow %s had %s, now it has %s", id, before.get(i), now.get(i));
    }

    private void look(WorkflowStatus row) {
        var id = row.workflowId();
        var last = seenOf(id);
        if (last.row != null && isDead(last.row) && !isDead(row)) forgetUndoing(id);
        var fresh = checkpoints(id, last.checkpoints.size());
        if (!areNumbered(last.checkpoints.size(), fresh)) {
            fail("I10: after %s steps workflow %s has recorded %s", last.checkpoints.size(), id, fresh);
            return;
        }
        if (last.row != null) requireLawful(id, last.row, row);
        events.look(id, fresh);
        claims.changed(last.row, row);
        ends.changed(last.row, row);
        last.row = row;
        last.checkpoints.addAll(fresh);
    }

    private static boolean isDead(WorkflowStatus row) {
        return row.status() == WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED;
    }

    private void forgetUndoing(String id) {
        var step = failures.undoing(id);
        if (step != null && seenOf(id).checkpoints.size() > step) forgets(id, step);
    }

    private List<Checkpoint> checkpoints(String id, int from) {
        return database.history(Map.of(id, from), EVERYTHING).get(id).checkpoints();
    }

    private Seen seenOf(String workflowId) {
        return seen.computeIfAbsent(workflowId, id -> new Seen());
    }

    // ---- judging ----------------------------------------------------------------------------------------------------

    private static boolean areNumbered(int next, List<Checkpoint> fresh) {
        for (int i = 0; i < fresh.size(); i++) if (fresh.get(i).step() != next + i) return false;
        return true;
    }

    private void requireLawful(String id, WorkflowStatus before, WorkflowStatus now) {
        if (now.epoch() < before.epoch())
            fail("I2: the epoch of %s fell from %s to %s", id, before.epoch(), now.epoch());
        boolean sameOwner = before.executorId() == null || before.executorId().equals(now.executorId());
        if (!sameOwner && !lettingGo.contains(id))
            fail("P9: %s was taken from %s, who has not let go", id, before.executorId());
        if (before.status() != now.status()) requireLawfulStep(id, before.status(), now.status());
        else if (now.status().isTerminal())
            require(Objects.equals(before.output(), now.output()) && Objects.equals(before.error(), now.error()),
                    "I1: the outcome of %s was %s, now it is %s", id, before, now);
    }

    private void requireLawfulStep(String id, WorkflowState before, WorkflowState now) {
        if (now == WorkflowState.CANCELLED)
            require(changes.isBeingCancelled(id), "P7: %s became CANCELLED, and nobody has just asked for it", id);
        boolean lawful = switch (before) {
            case ENQUEUED, DELAYED -> !now.isTerminal() || now == WorkflowState.CANCELLED;
            case PENDING -> true;
            case SUCCESS, ERROR -> false;
            case CANCELLED, MAX_RECOVERY_ATTEMPTS_EXCEEDED ->
                    (now == WorkflowState.ENQUEUED || now == WorkflowState.DELAYED) && changes.isToBeResumed(id);
        };
        require(lawful, "I1: workflow %s went from %s to %s", id, before, now);
        if (before.isTerminal()) changes.resumed(id);
    }

    // ---- families ---------------------------------------------------------------------------------------------------

    /** A cancel reaches the descendants, unless somebody resumes them in the same breath. */
    void requireFamiliesEnded(List<Effect.Change> fresh) {
        if (fresh.stream().anyMatch(change -> change.amendment() == Effect.Amendment.RESUME)) return;
        for (var change : fresh)
            for (var descendant : seen.values())
                if (!descendant.row.status().isTerminal() && isInFamily(descendant.row, change.workflowIds()))
                    fail("I7: %s was cancelled, but not %s", change.workflowIds(), descendant.row);
    }

    /** Whether the workflow is one of those, or a descendant of one. */
    boolean isInFamily(String workflowId, Collection<String> ancestors) {
        if (!seen.containsKey(workflowId)) return ancestors.contains(workflowId);
        return isInFamily(seenOf(workflowId).row, ancestors);
    }

    private boolean isInFamily(WorkflowStatus descendant, Collection<String> ancestors) {
        for (var row = descendant; row != null; row = row.parentId() == null ? null : seenOf(row.parentId()).row)
            if (ancestors.contains(row.workflowId())) return true;
        return false;
    }

    private void require(boolean holds, String message, Object... values) {
        if (!holds) fail(message, values);
    }

    private void fail(String message, Object... values) {
        breach.accept(message.formatted(values));
    }
}
