package dev.dbosj.run;

import dev.dbosj.code.WorkflowRegistry;
import dev.dbosj.store.ClaimedWorkflow;
import dev.dbosj.store.Hint;
import dev.dbosj.store.HistoryPage;
import dev.dbosj.store.Owner;
import dev.dbosj.time.Alarms;
import dev.dbosj.time.Bell;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The runs of this process. Keyed by run, never by workflow: an old attempt whose thread has not ended may live beside
 * its successor. Thread-safe.
 */
public final class WorkflowRuns {
    /** How many checkpoints of a run are read with its claim. */
    public static final int FIRST_PAGE = History.PAGE;

    private final WorkflowRegistry registry;
    private final Collaborators with;
    private final KnownQueues queues;
    private final Alarms alarms;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, List<WorkflowRun>> active = new LinkedHashMap<>();
    private final Set<String> expected = new LinkedHashSet<>();
    /** The ids under which this executor is no member any more: few, for each costs a lease. */
    private final Set<String> lostExecutors = new HashSet<>();
    /** Cancelled while the claim or the insert that brings them here was under way. */
    private final Set<String> cancelledMeanwhile = new HashSet<>();
    private boolean claiming;
    private final Throughput throughput;
    private final Bell idle;
    private volatile boolean stopping;

    public WorkflowRuns(WorkflowRegistry registry, Collaborators with, KnownQueues queues, Alarms alarms) {
        this.registry = registry;
        this.with = with;
        this.queues = queues;
        this.alarms = alarms;
        this.throughput = new Throughput(with.seams().time());
        this.idle = new Bell(with.seams().time());
    }

    /**
     * Starts a claimed workflow on a thread of its own; {@code ended} is called when that thread has let go. When this
     * process is closing it is too late to begin: the executor hands back what it does not run when it leaves.
     */
    public void begin(ClaimedWorkflow claimed, HistoryPage history, String executorId, Consumer<ClaimedWorkflow> ended) {
        var definition = registry.find(claimed.name());
        var run = new WorkflowRun(claimed, definition, history, executorId, with, queues, alarms);
        if (!add(run)) {
            ended.accept(claimed);
            return;
        }
        try {
            with.seams().threads().startWorkflow("workflow-" + run.workflowId(), () -> runAndRemove(run, claimed, ended));
        } catch (Throwable failure) { // for want of memory: others must see that nobody runs it
            remove(run);
            ended.accept(claimed);
            throw failure;
        }
    }

    private void runAndRemove(WorkflowRun run, ClaimedWorkflow claimed, Consumer<ClaimedWorkflow> ended) {
        throughput.started(claimed.queueName());
        try {
            run.run();
        } finally {
            if (run.hasEnded()) throughput.finished(claimed.queueName());
            remove(run);
            ended.accept(claimed);
            if (run.isReleased()) with.news().share(Hint.WORK);
        }
    }

    /** How fast the queues go in this process. */
    public Throughput throughput() {
        return throughput;
    }

    /** What has happened since the claim stops the run before it has begun. @return false if it is too late to begin */
    private boolean add(WorkflowRun run) {
        lock.lock();
        try {
            expected.remove(run.workflowId());
            if (stopping) return false;
            active.computeIfAbsent(run.workflowId(), id -> new ArrayList<>(1)).add(run);
            if (cancelledMeanwhile.remove(run.workflowId())) run.stop(WorkflowRun.End.CANCELLED);
            if (lostExecutors.contains(run.journal().chain().executorId())) run.stop(WorkflowRun.End.FENCED);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void remove(WorkflowRun run) {
        lock.lock();
        try {
            active.computeIfPresent(run.workflowId(), (id, runs) -> runs.remove(run) && runs.isEmpty() ? null : runs);
        } finally {
            lock.unlock();
        }
        if (stopping) idle.ring();
    }

    /** A claim is about to be sent. */
    public void claimBegins() {
        lock.lock();
        try {
            claiming = true;
        } finally {
            lock.unlock();
        }
    }

    /** All that it brought has begun. */
    public void claimEnds() {
        lock.lock();
        try {
            claiming = false;
            cancelledMeanwhile.retainAll(expected);
        } finally {
            lock.unlock();
        }
    }

    /** A workflow is about to be inserted as claimed by this process. */
    void expect(String workflowId) {
        lock.lock();
        try {
            expected.add(workflowId);
        } finally {
            lock.unlock();
        }
    }

    /** It was not. */
    void unexpect(String workflowId) {
        lock.lock();
        try {
            expected.remove(workflowId);
            if (!claiming) cancelledMeanwhile.remove(workflowId);
        } finally {
            lock.unlock();
        }
    }

    /** Those of the owned workflows that no thread here runs or is about to run. */
    public List<Owner> unknown(Collection<Owner> owned) {
        lock.lock();
        try {
            var known = new HashSet<>(expected);
            for (var runs : active.values()) for (var run : runs) known.add(run.workflowId());
            return owned.stream().filter(owner -> !known.contains(owner.workflowId())).toList();
        } finally {
            lock.unlock();
        }
    }

    /** The workflows were cancelled: their runs begin nothing more, and the bodies that are running are interrupted. */
    public void cancelled(Collection<String> workflowIds) {
        remember(workflowIds);
        for (var id : workflowIds) for (var run : runsOf(id)) run.stop(WorkflowRun.End.CANCELLED);
    }

    /** The runs were cancelled; a later attempt of the same workflow is not meant. */
    public void cancelled(Set<Owner> owners) {
        remember(owners.stream().map(Owner::workflowId).toList());
        for (var owner : owners)
            for (var run : runsOf(owner.workflowId()))
                // Earlier epochs are: the answer that tells of a renewed one may still be under way.
                if (run.journal().chain().owner().epoch() <= owner.epoch()) run.stop(WorkflowRun.End.CANCELLED);
    }

    private void remember(Collection<String> cancelled) {
        lock.lock();
        try {
            for (var id : cancelled) if (claiming || expected.contains(id)) cancelledMeanwhile.add(id);
        } finally {
            lock.unlock();
        }
    }

    private List<WorkflowRun> runsOf(String workflowId) {
        lock.lock();
        try {
            return List.copyOf(active.getOrDefault(workflowId, List.of()));
        } finally {
            lock.unlock();
        }
    }

    /**
     * The executor lost its membership: its runs leave, and the bodies that are running are interrupted. What it has
     * claimed and not begun leaves when it begins.
     */
    public void fence(String executorId) {
        lock.lock();
        try {
            lostExecutors.add(executorId);
        } finally {
            lock.unlock();
        }
        all(run -> run.journal().chain().executorId().equals(executorId)).forEach(run -> run.stop(WorkflowRun.End.FENCED));
    }

    private List<WorkflowRun> all(Predicate<WorkflowRun> which) {
        lock.lock();
        try {
            return active.values().stream().flatMap(List::stream).filter(which).toList();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Makes all runs leave: those in a step's body have so long to end it, then the body is interrupted.
     *
     * @return how many threads have not ended even then
     */
    public int shutDown(Duration grace, Duration afterInterrupt) {
        stopping = true;
        all(run -> true).forEach(run -> run.stop(WorkflowRun.End.SHUTDOWN));
        if (!awaitIdle(grace)) all(run -> true).forEach(WorkflowRun::interruptBody);
        awaitIdle(afterInterrupt);
        return all(run -> true).size();
    }

    private boolean awaitIdle(Duration atMost) {
        long deadline = with.seams().time().nanos() + atMost.toNanos();
        while (!all(run -> true).isEmpty()) {
            var left = Duration.ofNanos(deadline - with.seams().time().nanos());
            if (!left.isPositive()) return false;
            idle.await(left);
        }
        return true;
    }
}
