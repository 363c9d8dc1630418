package dev.dbosj.simulation;

import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.ClaimedWorkflow;
import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.Outcome;
import dev.dbosj.store.Owner;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Looks at the database after every event and says at once which promise was broken. */
final class Auditor {
    private static final int WRITES_PER_SWEEP = 16;
    private static final int MOST_IN_FLIGHT = 1_000;
    private static final WorkflowFilter ALL = WorkflowFilter.all().newestFirst(false).limit(100_000);

    private final SystemDatabase database;
    private final WorldClock clock;
    private final Consumer<String> breach;
    private final Map<String, SimulatedProcess> processes = new HashMap<>();
    private final Map<SimulatedProcess, Set<Owner>> knownCancelled = new HashMap<>();
    private final Map<SimulatedProcess, Map<String, Integer>> running = new HashMap<>();
    private final Map<SimulatedProcess, Set<String>> runs = new HashMap<>();
    private final Tally tally;
    private final Set<Owner> unknown = new HashSet<>();
    private final Map<String, List<String>> toldCancelled = new HashMap<>();
    private final ChangeWitness changes;
    private final EventWitness events;
    private final OfficeWitness office;
    private final ClaimWitness claims;
    private final EndWitness ends;
    private final MessageWitness messages;
    private final FailureWitness failures;
    private final RowWitness rows;
    private int writes;

    /** @param breach told in a sentence what was broken */
    Auditor(SystemDatabase database, WorldClock clock, Tally tally, Promptness promptness, Consumer<String> breach) {
        this.database = database;
        this.clock = clock;
        this.tally = tally;
        this.breach = breach;
        this.changes = new ChangeWitness(tally, breach);
        this.messages = new MessageWitness(tally, breach);
        this.ends = new EndWitness(database, promptness, breach);
        this.events = new EventWitness(database, ends::everStopped, promptness, breach);
        this.office = new OfficeWitness(database, clock, tally, breach);
        this.claims = new ClaimWitness(database, office, tally, promptness, breach);
        this.failures = new FailureWitness(database, breach);
        this.rows = new RowWitness(database, changes, events, claims, ends, failures, breach);
    }

    EndWitness ends() {
        return ends;
    }

    EventWitness events() {
        return events;
    }

    MessageWitness messages() {
        return messages;
    }

    ClaimWitness claims() {
        return claims;
    }

    FailureWitness failures() {
        return failures;
    }

    RowWitness rows() {
        return rows;
    }

    // ---- events of the database -------------------------------------------------------------------------------------

    /** The rows that the batch writes for, as they are now. */
    Map<String, WorkflowStatus> ownersBefore(List<Command> batch) {
        var rows = new HashMap<String, WorkflowStatus>();
        for (var command : batch)
            if (command.owner() != null) rows.computeIfAbsent(command.owner().workflowId(), database::workflow);
        return rows;
    }

    /** @param late whether this is a copy that arrives after its sender has lost its answer */
    void applied(
            SimulatedProcess sender,
            List<Command> batch,
            List<Outcome> outcomes,
            Map<String, WorkflowStatus> before,
            boolean late) {
        rows.letsGo(batch);
        requireFairShares(batch);
        requireOneLane(batch);
        if (!late) requireRenewed(batch, outcomes, before);
        var fresh = changes.learn(batch, outcomes, late);
        for (int i = 0; i < batch.size(); i++) applied(sender, batch.get(i), outcomes.get(i), before);
        office.applied(batch, outcomes);
        rows.requireFamiliesEnded(fresh);
        changes.forget();
        if (writes++ % WRITES_PER_SWEEP == 0) rows.examineAll();
    }

    /** What may wait for a stranger never travels with what must not. */
    private void requireOneLane(List<Command> batch) {
        long strange = batch.stream().filter(command -> meetsStrangers(command.effect())).count();
        require(strange == 0 || strange == batch.size(), "P8: one batch for both lanes: %s", batch);
    }

    private static boolean meetsStrangers(Effect effect) {
        return switch (effect) {
            case Effect.Insert insert -> insert.join() || insert.guarded();
            case Effect.Debounce debounce -> true;
            case Effect.Send send -> true;
            case Effect.Change change -> true;
            case Effect.Redrive redrive -> true;
            case Effect.Purge purge -> true;
            case Effect.Define define -> true;
            case Effect.Steer steer -> true;
            default -> false;
        };
    }

    /** What is repeated after a lost answer goes under a new epoch, unless its run has no owner, or lets go. */
    private void requireRenewed(List<Command> batch, List<Outcome> outcomes, Map<String, WorkflowStatus> before) {
        for (int i = 0; i < batch.size(); i++) {
            var owner = batch.get(i).owner();
            if (batch.get(i).effect() instanceof Effect.Release) continue;
            if (owner != null && unknown.contains(owner) && outcomes.get(i) instanceof Outcome.Applied
                    && before.get(owner.workflowId()).executorId() != null)
                fail("P7: %s writes on under the epoch of a lost answer", owner);
        }
    }

    private void requireFairShares(List<Command> batch) {
        var perRun = new HashMap<Owner, Integer>();
        for (var command : batch)
            if (command.owner() != null && perRun.merge(command.owner(), 1, Integer::sum) > MOST_IN_FLIGHT)
                fail("P3: more than %s commands of %s are under way", MOST_IN_FLIGHT, command.owner());
    }

    /** The process cannot know what became of what it wrote for these runs. */
    void loses(List<Command> batch) {
        for (var command : batch) if (command.owner() != null) unknown.add(command.owner());
    }

    private void applied(
            SimulatedProcess sender, Command command, Outcome outcome, Map<String, WorkflowStatus> before) {
        var owner = command.owner();
        if (owner != null) {
            var row = before.get(owner.workflowId());
            // A dead letter may have been purged, or removed with its parent's later steps, before its last write came.
            require(row != null || outcome instanceof Outcome.Fenced,
                    "I3: %s writes for a workflow that does not exist", owner);
            if (row != null && row.epoch() != owner.epoch() && !(outcome instanceof Outcome.Fenced))
                fail("I2: a write of %s was answered %s under epoch %s", owner, outcome, row.epoch());
            if (row != null && row.executorId() != null && outcome instanceof Outcome.Applied && !isOf(sender, row))
                fail("I2: a write of %s from %s was accepted; owner is %s", owner, sender, row.executorId());
            if (outcome instanceof Outcome.Applied && command.effect() instanceof Effect.Fail fail && row.executorId() != null)
                failed(owner.workflowId(), fail);
            rows.look(owner.workflowId());
        }
        if (!(outcome instanceof Outcome.Applied applied)) return;
        if (command.effect() instanceof Effect.SetEvent event) events.setBy(sender, owner.workflowId(), event.key());
        if (command.effect() instanceof Effect.Finish || command.effect() instanceof Effect.Fail) ends.ended(owner.workflowId(), sender);
        if (command.effect() instanceof Effect.Send send) messages.sent(send);
        if (command.effect() instanceof Effect.Receive receive)
            messages.received(owner.workflowId(), command.checkpoint(), receive.messageId());
        if (command.effect() instanceof Effect.Debounce debounce) {
            claims.putOff(debounce);
            rows.look(debounce.workflowId());
        }
        if (command.effect() instanceof Effect.Define define) claims.redefined(define.queue().name());
        if (command.effect() instanceof Effect.Steer steer) claims.redefined(steer.queueName());
        if (command.effect() instanceof Effect.Insert insert) {
            for (var row : insert.workflows()) if (!applied.ids().contains(row.workflowId())) claims.inserted(row);
            insert.workflows().forEach(row -> rows.look(row.workflowId()));
        }
        if (command.effect() instanceof Effect.Redrive redrive) redriven(redrive, applied.ids());
        if (command.effect() instanceof Effect.Purge) rows.purged(applied.ids());
        if (command.effect() instanceof Effect.Change change) {
            if (change.amendment() == Effect.Amendment.RESUME) claims.resumed(applied.ids());
            if (change.amendment() == Effect.Amendment.RESUME) office.resumed(applied.ids());
            if (change.amendment() == Effect.Amendment.RESUME && change.workflowIds().stream().anyMatch(rows::hasOwner))
                tally.count("resumed before its owner let go");
            if (change.amendment() == Effect.Amendment.CANCEL)
                toldCancelled.put(sender + change.workflowIds().getFirst(), applied.ids());
            applied.ids().forEach(rows::look);
        }
    }

    private void failed(String workflowId, Effect.Fail fail) {
        failures.failed(workflowId, fail);
        if (fail.pause() == null) return;
        claims.delayed(workflowId, fail.pause());
        if (fail.step() != null) rows.forgets(workflowId, fail.step());
    }

    private void redriven(Effect.Redrive redrive, List<String> redriven) {
        for (var one : redrive.workflows()) {
            if (!redriven.contains(one.workflowId()) || !changes.isToBeResumed(one.workflowId())) continue;
            claims.resumed(List.of(one.workflowId()));
            if (!one.pause().isZero()) claims.delayed(one.workflowId(), one.pause());
            if (one.fromStep() != null) rows.forgetsFrom(one.workflowId(), one.fromStep());
            rows.look(one.workflowId());
        }
    }

    void claimed(List<ClaimedWorkflow> claimed) {
        for (var workflow : claimed) {
            long before = rows.epochOf(workflow.owner().workflowId());
            require(workflow.owner().epoch() > before,
                    "I2: %s was claimed, but its epoch was %s before", workflow.owner(), before);
        }
        rows.lookAtAll();
    }

    /** The workflows of a dead executor have lost their owner. */
    void takenOver() {
        rows.letsGo();
        rows.examineAll();
    }

    /** Whether a call under that number has waited for a message, and so took two numbers. */
    boolean hasWaitedForMessage(String workflowId, int step) {
        var recorded = checkpoints(workflowId, step, 1);
        return !recorded.isEmpty() && String.valueOf(recorded.getFirst().output()).contains("\"until\"");
    }

    /** Whether the step's outcome is on disk. */
    boolean isRecorded(String workflowId, int step) {
        return !checkpoints(workflowId, step, 1).isEmpty();
    }

    private List<Checkpoint> checkpoints(String workflowId, int from, int most) {
        return database.history(Map.of(workflowId, from), most).get(workflowId).checkpoints();
    }

    // ---- events of the processes ------------------------------------------------------------------------------------

    /** The process is about to join under the id. */
    void joins(SimulatedProcess process, String executorId) {
        processes.put(executorId, process);
    }

    /** The process has been told that the runs are cancelled. */
    void learnsOfCancelled(SimulatedProcess process, Collection<Owner> runs) {
        knownCancelled.computeIfAbsent(process, key -> new HashSet<>()).addAll(runs);
    }

    /** The process has itself cancelled the workflow, and those that the answer has named. */
    void cancelled(SimulatedProcess process, String workflowId) {
        learnsIfCancelled(process, workflowId);
        toldCancelled.getOrDefault(process + workflowId, List.of()).forEach(id -> learnsIfCancelled(process, id));
    }

    private void learnsIfCancelled(SimulatedProcess process, String workflowId) {
        var row = database.workflow(workflowId);
        if (row != null && row.status() == WorkflowState.CANCELLED)
            learnsOfCancelled(process, List.of(new Owner(workflowId, row.epoch())));
    }

    /** A workflow's method begins. */
    void enters(SimulatedProcess process, String workflowId) {
        var row = database.workflow(workflowId);
        if (row == null) {
            fail("I3: workflow %s runs on %s, and does not exist", workflowId, process);
            return;
        }
        // Who was stopped at the door may enter when others have tried as often as they may.
        require(!isOf(process, row) || row.attempts() <= Programs.mostAttempts(row.name()),
                "I6: %s runs, although it lost its executor %s times", row, row.attempts());
        if (!runs.computeIfAbsent(process, key -> new HashSet<>()).add(workflowId))
            tally.count("taken up where its old run still ends");
        if (row.queueName() == null) return;
        int running = running(process).merge(row.queueName(), 1, Integer::sum);
        for (var queue : database.queues())
            if (queue.name().equals(row.queueName()) && queue.workerConcurrency() != null)
                require(running <= queue.workerConcurrency(),
                        "I4: %s workflows of %s run on %s", running, queue, process);
    }

    /** A workflow's method ends, in whatever way. */
    void leaves(SimulatedProcess process, String workflowId) {
        runs.getOrDefault(process, Set.of()).remove(workflowId);
        var row = database.workflow(workflowId);
        if (row != null && row.queueName() != null) running(process).merge(row.queueName(), -1, Integer::sum);
    }

    private Map<String, Integer> running(SimulatedProcess process) {
        return running.computeIfAbsent(process, key -> new HashMap<>());
    }

    /** The process must own nothing any more: it has handed everything back, or was dead for long enough. */
    void gone(SimulatedProcess process) {
        for (var row : database.workflows(ALL))
            if (row.executorId() != null && isOf(process, row))
                fail("P9: %s is gone, and still owns %s", process, row);
    }

    /** A step's body begins. */
    void begins(SimulatedProcess process, String workflowId, int step) {
        var row = database.workflow(workflowId);
        require(row != null, "I3: a step of %s begins, and the workflow does not exist", workflowId);
        if (row == null) return;
        if (step > 0 && !isRecorded(workflowId, step - 1))
            fail("P3: step %s of %s begins, and the one before is not on disk", step, workflowId);
        if (clock.isMisleading() && !isOf(process, row)) {
            tally.count("begun beside its heir after the clock was set");
            return;
        }
        if (isRecorded(workflowId, step))
            fail("G2: step %s of %s begins on %s, and is recorded already", step, workflowId, process);
        if (!isOf(process, row))
            fail("P10: step %s of %s begins on %s, and belongs to %s", step, workflowId, process, row.executorId());
        boolean knows = row.status() == WorkflowState.CANCELLED
                && knownCancelled.getOrDefault(process, Set.of()).contains(new Owner(workflowId, row.epoch()));
        if (knows) fail("I7: step %s of %s begins on %s, which knows that it is cancelled", step, workflowId, process);
    }

    /** A durable sleep is over. */
    void wakes(String workflowId, int step) {
        var recorded = checkpoints(workflowId, step, 1);
        if (recorded.isEmpty()) {
            fail("P3: workflow %s slept, and step %s is not on disk", workflowId, step);
            return;
        }
        var wake = recorded.getFirst().output();
        long now = clock.latest().toEpochMilli();
        require(now >= Long.parseLong(wake), "G7: workflow %s woke at %s, before %s", workflowId, now, wake);
    }

    /** A call outside of any workflow has acknowledged the workflow. */
    void acknowledged(String workflowId) {
        require(database.workflow(workflowId) != null,
                "I3: workflow %s was acknowledged, and does not exist", workflowId);
    }

    private boolean isOf(SimulatedProcess process, WorkflowStatus row) {
        return row.executorId() != null && processes.get(row.executorId()) == process;
    }

    private void require(boolean holds, String message, Object... values) {
        if (!holds) fail(message, values);
    }

    private void fail(String message, Object... values) {
        breach.accept(message.formatted(values));
    }
}
