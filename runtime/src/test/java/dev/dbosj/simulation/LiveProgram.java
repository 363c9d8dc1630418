package dev.dbosj.simulation;

import dev.dbosj.exceptions.DuplicateWorkflowException;
import dev.dbosj.exceptions.QueueFullException;
import dev.dbosj.DBOS;
import dev.dbosj.exceptions.NoSuchWorkflowException;
import dev.dbosj.exceptions.ResultTimeoutException;
import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.WorkflowCancelledException;
import dev.dbosj.exceptions.WorkflowConflictException;
import dev.dbosj.exceptions.WorkflowFailedException;
import dev.dbosj.workflow.TypeRef;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Does what a plan says, as a workflow, and folds all that it sees into one number. {@link Model} mirrors it. */
final class LiveProgram {
    static final long FAILED = 2;
    static final long CANCELLED = 3;
    static final long TIMEOUT = 5;
    static final long CONFLICT = 7;
    static final long FULL = -7;
    static final long NOBODY = 11;
    static final long UNKNOWN = -1;

    private final Programs programs;
    private final SimulatedProcess process;
    private final Auditor auditor;
    private final String workflowId = DBOS.workflowId();
    private final List<WorkflowHandle<?>> children = new ArrayList<>();
    private final List<Integer> receives = new ArrayList<>();
    private int steps;

    LiveProgram(Programs programs, SimulatedProcess process, Auditor auditor) {
        this.programs = programs;
        this.process = process;
        this.auditor = auditor;
    }

    long run(Plan plan) throws ProgramException {
        process.note("program of " + workflowId + " begins");
        auditor.enters(process, workflowId);
        try {
            long digest = all(plan);
            if (plan.fails()) throw new ProgramException(failure(digest));
            return digest;
        } finally {
            auditor.leaves(process, workflowId);
        }
    }

    static String failure(long digest) {
        return "the program failed with " + digest;
    }

    private long all(Plan plan) throws ProgramException {
        long digest = plan.seed();
        for (var op : plan.ops()) digest = Trace.mix(digest, plan.swallows() ? swallowing(op) : perform(op));
        return digest;
    }

    /** User code that catches everything must not keep a run alive that has to leave. */
    private long swallowing(Op op) {
        try {
            return perform(op);
        } catch (Throwable swallowed) { // on purpose
            process.note("program of " + workflowId + " swallows " + swallowed);
            return UNKNOWN;
        }
    }

    private long perform(Op op) throws ProgramException {
        return switch (op) {
            case Op.Step step -> step(step);
            case Op.Child child -> start(child);
            case Op.Commission commission -> commission(commission.errand());
            case Op.Children many -> startAll(many);
            case Op.Await await -> await(child(await.child()), await.timeout());
            case Op.Sleep sleep -> sleep(sleep.duration());
            case Op.Now now -> now();
            case Op.Uuid uuid -> uuid();
            case Op.Burst burst -> LongStream.range(0, burst.calls()).map(call -> now()).reduce(0, Trace::mix);
            case Op.Poison poison -> poison();
            case Op.Risk risk -> risk(risk);
            case Op.Extend extend -> extend(extend.timeout());
            case Op.CancelChild cancel -> cancel(child(cancel.child()));
            case Op.LookAtChild look -> lookAt(child(look.child()));
            case Op.StartInStep start -> startInStep(start);
            case Op.Inline inline -> all(inline.plan());
            case Op.SetEvent event -> setEvent(event);
            case Op.Progress progress -> progress(progress);
            case Op.GetEvent wanted -> getEvent(wanted);
            case Op.Send send -> send(send);
            case Op.Post post -> post(post);
            case Op.Receive wanted -> receive(wanted);
            case Op.Letters letters -> letters(letters);
        };
    }

    private WorkflowHandle<?> child(int number) {
        return children.isEmpty() ? null : children.get(number % children.size());
    }

    // ---- steps ------------------------------------------------------------------------------------------------------

    private long step(Op.Step step) {
        steps++;
        try {
            return LiveSteps.run(programs, step.form(), step.work());
        } catch (ProgramException failure) {
            return failure.getMessage().hashCode();
        }
    }

    private long risk(Op.Risk risk) throws ProgramException {
        steps++;
        return DBOS.runStep(Op.Risk.NAME, () -> programs.riskyBody(risk));
    }

    private static long extend(Duration timeout) {
        Coverage.mark("DBOS.extendAttempt(Duration)");
        DBOS.extendAttempt(timeout);
        return 0;
    }

    private long poison() {
        steps++;
        return DBOS.runStep("poison", () -> Op.Poison.VALUE).length();
    }

    // ---- children ---------------------------------------------------------------------------------------------------

    private long start(Op.Child child) {
        steps++;
        var queue = child.enqueued() ? child.plan().queue() : null;
        try {
            if (child.id() == null && child.priority() == 0) {
                children.add(Launcher.byStatics(programs, child.shape(), queue, child.plan()));
            } else {
                Coverage.mark("DBOS.with(WorkflowOptions)");
                children.add(Launcher.by(DBOS.with(options(child)), programs, child.shape(), queue, child.plan()));
            }
            return 0;
        } catch (WorkflowConflictException conflict) {
            children.add(null);
            return CONFLICT;
        }
    }

    private long commission(Errand errand) {
        steps++;
        try {
            var starter = DBOS.with(errand.options());
            children.add(Launcher.by(starter, programs, Op.Shape.FUNC1, Errand.QUEUE, errand.plan()));
            return 0;
        } catch (QueueFullException full) {
            children.add(null);
            return FULL;
        } catch (DuplicateWorkflowException duplicate) {
            children.add(null);
            return duplicate.workflowId().hashCode();
        }
    }

    private WorkflowOptions options(Op.Child child) {
        var options = WorkflowOptions.defaults();
        if (child.id() != null) options = WorkflowOptions.id(child.shared() ? child.id() : workflowId + child.id());
        return options.priority(child.priority());
    }

    private long startAll(Op.Children many) {
        steps += many.count();
        var plans = IntStream.range(0, many.count()).mapToObj(many::plan).toList();
        var queue = Plan.queue(many.level());
        if (many.named()) {
            Coverage.mark("WorkflowStarter.enqueueAll(String,Func1,Collection)");
            var id = WorkflowOptions.id(workflowId + "-all" + many.seed());
            children.addAll(DBOS.with(id).enqueueAll(queue, programs::func1, plans));
        } else {
            Coverage.mark("DBOS.enqueueAll(String,Func1,Collection)");
            children.addAll(DBOS.enqueueAll(queue, programs::func1, plans));
        }
        return many.count();
    }

    private long startInStep(Op.StartInStep start) {
        steps++;
        return DBOS.runStep("start", () -> {
            var id = WorkflowOptions.id(workflowId + "-s" + start.number());
            return DBOS.with(id).startWorkflow(programs::func1, start.plan()).workflowId();
        }).hashCode();
    }

    private long await(WorkflowHandle<?> child, Duration timeout) {
        if (child == null) return 0;
        boolean replayed = isReplayed();
        var ending = auditor.ends().reading(process, child.workflowId());
        try {
            long value = value(timeout == null ? child.getResult() : child.getResult(timeout));
            if (!replayed) ending.sawSuccess();
            return value;
        } catch (ResultTimeoutException late) {
            return TIMEOUT;
        } catch (WorkflowCancelledException cancelled) {
            if (!replayed) ending.sawCancelled();
            return CANCELLED;
        } catch (WorkflowFailedException failed) {
            if (!replayed) ending.sawFailure();
            return FAILED;
        }
    }

    private static long value(Object result) {
        return result == null ? 0 : (Long) result;
    }

    private long cancel(WorkflowHandle<?> child) {
        if (child == null) return 0;
        steps++;
        DBOS.runStep("cancel", child::cancel);
        return 0;
    }

    private long lookAt(WorkflowHandle<?> child) {
        if (child == null) return 0;
        steps++;
        return DBOS.runStep("look", () -> {
            try {
                return programs.runtime().getWorkflow(child.workflowId()).attempts();
            } catch (SystemDatabaseException away) {
                return (int) UNKNOWN;
            }
        });
    }

    // ---- events -----------------------------------------------------------------------------------------------------

    private long setEvent(Op.SetEvent event) {
        steps++;
        var key = event.key().name();
        if (event.key() == Op.Key.LIST) {
            Coverage.mark("DBOS.setEvent(String,Object,TypeRef)");
            DBOS.setEvent(key, List.of(event.value(), 1L), new TypeRef<List<Long>>() {});
        } else {
            Coverage.mark("DBOS.setEvent(String,Object)");
            DBOS.setEvent(key, event.value());
        }
        return 0;
    }

    private long progress(Op.Progress progress) {
        long digest = 0;
        for (int time = 0; time < progress.times(); time++) {
            setEvent(progress.event(time));
            digest = Trace.mix(digest, step(progress.step(time)));
        }
        return digest;
    }

    /** What is read anew must be as new as the moment of the call; what was recorded stays, however old it is. */
    private long getEvent(Op.GetEvent wanted) {
        var child = wanted.own() ? null : child(wanted.child());
        if (!wanted.own() && child == null) return 0;
        var id = wanted.own() ? workflowId : child.workflowId();
        var reading = auditor.events().reading(process, id, wanted.key().name());
        boolean replayed = isReplayed();
        Coverage.mark("DBOS.getEvent(String,String,Class,Duration)");
        var value = DBOS.getEvent(id, wanted.key().name(), Long.class, wanted.timeout());
        if (!replayed) reading.saw(value.map(wanted.key()::json).orElse(null), wanted.timeout());
        return value.orElse(0L);
    }

    // ---- messages ---------------------------------------------------------------------------------------------------

    static String text(String sender, long value) {
        return sender + ": " + value;
    }

    static String nobody(String workflowId) {
        return workflowId + "-nobody";
    }

    private long send(Op.Send send) {
        var child = send.to() == Op.To.CHILD ? child(send.child()) : null;
        if (send.to() == Op.To.CHILD && child == null) return 0;
        steps++;
        try {
            var self = send.to() == Op.To.ITSELF ? workflowId : nobody(workflowId);
            send(child == null ? self : child.workflowId(), send);
            return 0;
        } catch (NoSuchWorkflowException nobody) {
            return NOBODY;
        }
    }

    private void send(String to, Op.Send send) {
        var text = text(workflowId, send.value());
        switch (send.topic()) {
            case NONE -> {
                Coverage.mark("DBOS.send(String,Object)");
                DBOS.send(to, text);
            }
            case NEWS -> {
                Coverage.mark("DBOS.send(String,Object,String)");
                DBOS.send(to, text, send.topic().name());
            }
            case LIST -> {
                Coverage.mark("DBOS.send(String,Object,TypeRef,String)");
                DBOS.send(to, List.of(text), new TypeRef<List<String>>() {}, send.topic().name());
            }
        }
    }

    private long post(Op.Post post) {
        var child = child(post.child());
        if (child == null) return 0;
        steps++;
        DBOS.runStep("post", () -> {
            DBOS.send(child.workflowId(), text(workflowId, post.value()), Op.Topic.NEWS.name());
            DBOS.send(child.workflowId(), text(workflowId, ~post.value()), Op.Topic.NEWS.name());
        });
        return 0;
    }

    /** A wait has a step number of its own. */
    private long receive(Op.Receive wanted) {
        receives.add(steps++);
        return receive(wanted.topic(), wanted.timeout()).orElse("").hashCode();
    }

    /** The number of the next operation, as far as it is known: a receive that has waited has taken two. */
    private int nextStep() {
        int waits = 0;
        for (int receive : receives) if (auditor.hasWaitedForMessage(workflowId, receive + waits)) waits++;
        return steps + waits;
    }

    private boolean isReplayed() {
        boolean recorded = auditor.isRecorded(workflowId, nextStep());
        steps++;
        return recorded;
    }

    private long letters(Op.Letters letters) {
        long digest = 0;
        for (int time = 0; time < letters.times(); time++) digest = Trace.mix(digest, send(letters.send(time)));
        for (int time = 0; time < letters.times(); time++) {
            digest = Trace.mix(digest, receive(letters.receive()));
            digest = Trace.mix(digest, step(letters.step(time)));
        }
        return digest;
    }

    private static Optional<String> receive(Op.Topic topic, Duration timeout) {
        return switch (topic) {
            case NONE -> {
                Coverage.mark("DBOS.recv(Class,Duration)");
                yield DBOS.recv(String.class, timeout);
            }
            case NEWS -> {
                Coverage.mark("DBOS.recv(String,Class,Duration)");
                yield DBOS.recv(topic.name(), String.class, timeout);
            }
            case LIST -> {
                Coverage.mark("DBOS.recv(String,TypeRef,Duration)");
                yield DBOS.recv(topic.name(), new TypeRef<List<String>>() {}, timeout).map(List::getFirst);
            }
        };
    }

    // ---- time and chance --------------------------------------------------------------------------------------------

    private long sleep(Duration duration) {
        Coverage.mark("DBOS.sleep(Duration)");
        DBOS.sleep(duration);
        auditor.wakes(workflowId, nextStep());
        steps++;
        return 0;
    }

    private long now() {
        steps++;
        Coverage.mark("DBOS.now()");
        return DBOS.now().toEpochMilli();
    }

    private long uuid() {
        steps++;
        Coverage.mark("DBOS.randomUUID()");
        return DBOS.randomUUID().hashCode();
    }
}
