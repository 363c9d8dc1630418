package dev.dbosj.simulation;

import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.Owner;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Transactions of somebody else that hold locks on rows, so that whoever needs these rows must come again later. */
final class Strangers {
    /** How long a database lets a batch wait for a lock. */
    static final Duration LOCK_TIMEOUT = Duration.ofMillis(100);

    /** A batch of 2,000 is one command after eleven halvings. */
    private static final int MOST_HALVINGS = 12;

    private final SeededScheduler scheduler;
    private final Auditor auditor;
    private final Tally tally;
    private final Consumer<String> breach;
    private final Map<String, Long> lockedUntil = new HashMap<>();
    private final Map<Object, Integer> heldUp = new HashMap<>();

    Strangers(SeededScheduler scheduler, Auditor auditor, Tally tally, Consumer<String> breach) {
        this.scheduler = scheduler;
        this.auditor = auditor;
        this.tally = tally;
        this.breach = breach;
    }

    /** Somebody holds the row of a workflow, or of a queue, for so long. */
    void lock(String id, Duration howLong) {
        lockedUntil.put(id, scheduler.nanos() + howLong.toNanos());
    }

    void heal() {
        lockedUntil.clear();
    }

    /** Whether the batch has to wait for one of them. Those of its commands that need not are set free soon. */
    boolean block(List<Command> batch) {
        lockedUntil.values().removeIf(until -> until <= scheduler.nanos());
        if (lockedUntil.isEmpty()) return false;
        var owners = new HashSet<String>();
        boolean blocks = false;
        for (var command : batch) {
            if (!needsLocked(command)) continue;
            blocks = true;
            if (command.owner() != null) owners.add(command.owner().workflowId());
        }
        if (!blocks) return false;
        tally.count(batch.getFirst().effect().meetsStrangers() ? "contended" : "contended owner");
        for (var command : batch)
            if (!needsLocked(command) && (command.owner() == null || !owners.contains(command.owner().workflowId())))
                holdUp(command);
        return true;
    }

    /** The same for runs whose epochs are to be raised. */
    boolean blockRenewal(Collection<Owner> owners) {
        lockedUntil.values().removeIf(until -> until <= scheduler.nanos());
        return owners.stream().anyMatch(owner -> isLocked(owner.workflowId()));
    }

    /** An innocent one is written as soon as the guilty have been found. */
    private void holdUp(Command command) {
        if (command.effect() instanceof Effect.Release) return; // equal ones are handed in again and again
        var workflowId = command.owner() == null ? "" : command.owner().workflowId();
        var what = command.checkpoint() == null ? command.effect() : command.checkpoint();
        int times = heldUp.merge(List.of(workflowId, what), 1, Integer::sum);
        if (times > MOST_HALVINGS) breach.accept("P8: " + command + " was held up " + times + " times by others");
    }

    private boolean needsLocked(Command command) {
        if (command.owner() != null && isLocked(command.owner().workflowId())) return true;
        return switch (command.effect()) {
            case Effect.Insert insert when insert.guarded() && isLocked(insert.workflows().getFirst().queueName()) -> true;
            case Effect.Debounce debounce -> isLocked(debounce.workflowId());
            case Effect.Insert insert ->
                insert.join() && insert.workflows().stream().map(NewWorkflow::workflowId).anyMatch(this::isLocked);
            case Effect.Change change -> isLockedFamily(change.workflowIds());
            case Effect.Redrive redrive -> redrive.workflows().stream().anyMatch(one -> isLocked(one.workflowId()));
            case Effect.Purge purge -> purge.workflowIds().stream().anyMatch(this::isLocked);
            case Effect.Define define -> isLocked(define.queue().name());
            case Effect.Steer steer -> isLocked(steer.queueName());
            default -> false;
        };
    }

    private boolean isLocked(String id) {
        return lockedUntil.containsKey(id);
    }

    private boolean isLockedFamily(Collection<String> ancestors) {
        return lockedUntil.keySet().stream().anyMatch(id -> auditor.rows().isInFamily(id, ancestors));
    }
}
