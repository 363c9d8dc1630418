package dev.dbosj.simulation;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.dbosj.store.Checkpoint;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;

/**
 * What must come out: walks a plan along a recorded history as {@link LiveProgram} walks it along the engine, and
 * refuses every record that the plan cannot have led to.
 */
final class Model {
    /** The history ends before the plan does. */
    private static final class Incomplete extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** The database refuses what the plan does next. */
    private static final class Poisoned extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** A step has failed, and nothing has caught it. */
    private static final class Undone extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** What is known of all workflows. */
    interface Records {
        WorkflowStatus workflow(String workflowId);

        boolean everCancelled(String workflowId);

        boolean everDead(String workflowId);

        /** All values that the event has had, as JSON, in order. */
        List<String> valuesOf(String workflowId, Op.Key key);

        /** The priority under which the workflow was accepted. */
        int priorityOf(String workflowId);
    }

    private final Records records;
    private final WorkflowStatus row;
    private final Iterator<Checkpoint> history;
    private final List<String> children = new ArrayList<>();
    private final Map<Op.Key, String> ownEvents = new EnumMap<>(Op.Key.class);
    /** Which of all values of a child's event was seen last. */
    private final Map<String, Integer> seenEvents = new HashMap<>();
    private int steps;

    private Model(Records records, WorkflowStatus row, List<Checkpoint> history) {
        this.records = records;
        this.row = row;
        this.history = history.iterator();
    }

    /** @throws SimulationFailure if the workflow's history or outcome is not what its plan must have led to */
    static void judge(Records records, WorkflowStatus row, List<Checkpoint> history) {
        new Model(records, row, history).judge();
    }

    private void judge() {
        boolean complete = row.status() == WorkflowState.SUCCESS || row.status() == WorkflowState.ERROR;
        var shape = Op.Shape.of(row.name());
        var plan = Programs.plan(shape, plan(row.input()));
        long digest;
        try {
            digest = all(plan);
        } catch (Incomplete incomplete) {
            require(!complete, "it ended too early, after " + steps + " steps, as " + row.status() + " " + row.error());
            return;
        } catch (Poisoned poisoned) {
            require(!history.hasNext(), "it has recorded more than " + steps + " steps");
            require(row.status() != WorkflowState.SUCCESS, "it succeeded with a step that cannot be stored");
            require(!complete || nameOf(row.error()).endsWith("PayloadException"), "it ended with " + row.error());
            return;
        } catch (Undone undone) {
            require(!history.hasNext(), "it has recorded more than " + steps + " steps");
            require(row.status() != WorkflowState.SUCCESS, "it succeeded although a step of it had failed");
            if (complete) requireMessage(row.error(), Op.Risk.MESSAGE);
            return;
        }
        require(!history.hasNext(), "it has recorded more than " + steps + " steps");
        if (!complete) return;
        if (plan.fails()) {
            require(row.status() == WorkflowState.ERROR, "it had to fail");
            requireMessage(row.error(), LiveProgram.failure(digest));
        } else {
            require(row.status() == WorkflowState.SUCCESS, "it ended with " + row.error());
            requireOutput(row.output(), shape.returnsValue() ? Long.toString(digest) : "null");
        }
    }

    private static Plan plan(String input) {
        var arguments = JsonParser.parseString(input).getAsJsonObject().getAsJsonArray("positionalArgs");
        if (arguments.isEmpty()) return null;
        var plan = arguments.get(0).getAsJsonObject();
        return new Plan(plan.get("seed").getAsLong(), plan.get("level").getAsInt());
    }

    private long all(Plan plan) {
        long digest = plan.seed();
        for (var op : plan.ops()) digest = Trace.mix(digest, plan.swallows() ? swallowing(op) : perform(op));
        return digest;
    }

    private long swallowing(Op op) {
        try {
            return perform(op);
        } catch (Undone swallowed) { // as the program does
            return LiveProgram.UNKNOWN;
        }
    }

    private long perform(Op op) {
        return switch (op) {
            case Op.Step step -> step(step);
            case Op.Child child -> child(child);
            case Op.Commission commission -> commission(commission.errand());
            case Op.Children many -> children(many);
            case Op.Await await -> await(await);
            case Op.Sleep sleep -> next("DBOS.sleep").step() & 0;
            case Op.Now now -> now();
            case Op.Uuid uuid -> UUID.fromString(text(next("DBOS.randomUUID").output())).hashCode();
            case Op.Burst burst -> LongStream.range(0, burst.calls()).map(call -> now()).reduce(0, Trace::mix);
            case Op.Poison poison -> throw new Poisoned();
            case Op.Risk risk -> risk(risk);
            case Op.Extend extend -> 0;
            case Op.CancelChild cancel -> cancel(cancel.child());
            case Op.LookAtChild look -> look(look.child());
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

    private long risk(Op.Risk risk) {
        var recorded = next(Op.Risk.NAME);
        if (recorded.error() != null) {
            requireMessage(recorded.error(), Op.Risk.MESSAGE);
            throw new Undone();
        }
        requireOutput(recorded.output(), Long.toString(risk.value()));
        return risk.value();
    }

    private long step(Op.Step step) {
        var form = step.form();
        var work = step.work();
        var recorded = next(form.stepName);
        if (work.failures() >= form.maxAttempts) {
            var message = Programs.failure(form.maxAttempts);
            requireMessage(recorded.error(), message);
            return message.hashCode();
        }
        var value = Long.toString(work.value());
        if (!form.returnsValue()) value = "null";
        if (form == Op.Form.TYPED) value = "[" + value + ",1]";
        requireOutput(recorded.output(), value);
        return form.returnsValue() ? work.value() : 0;
    }

    private long child(Op.Child child) {
        var recorded = next(child.shape().workflowName);
        var id = child.id() == null ? row.workflowId() + "-" + recorded.step()
                : child.shared() ? child.id() : row.workflowId() + child.id();
        require(id.equals(recorded.childId()), "its child is " + recorded.childId() + " instead of " + id);
        var existing = records.workflow(id);
        require(existing != null, "its child " + id + " does not exist");
        boolean taken = !existing.name().equals(child.shape().workflowName);
        require(taken == (recorded.error() != null),
                "its child " + id + " is a " + existing.name() + ", and recorded is " + recorded);
        require(child.id() != null || child.priority() == records.priorityOf(id),
                "its child " + id + " has priority " + records.priorityOf(id) + " instead of " + child.priority());
        children.add(taken ? null : id);
        return taken ? LiveProgram.CONFLICT : 0;
    }

    private long commission(Errand errand) {
        var recorded = next(Errand.WORKFLOW);
        if (recorded.error() != null) return refused(errand, recorded);
        var id = recorded.childId();
        boolean own = id.equals(row.workflowId() + "-" + recorded.step());
        require(own || errand.kind().mayBeAnother(), "its child is " + id + ", and it wanted none but its own");
        require(records.workflow(id) != null, "its child " + id + " does not exist");
        children.add(id);
        return 0;
    }

    private long refused(Errand errand, Checkpoint recorded) {
        children.add(null);
        var name = nameOf(recorded.error());
        if (name.endsWith("QueueFullException")) return LiveProgram.FULL;
        require(name.endsWith("DuplicateWorkflowException") && errand.kind() == Errand.Kind.UNIQUE,
                "its child was refused with " + recorded.error());
        return object(recorded.error()).get("code").getAsString().hashCode();
    }

    private long children(Op.Children many) {
        for (int i = 0; i < many.count(); i++) {
            var recorded = next("func1");
            var suffix = many.named() ? "-all" + many.seed() + "-" + i : "-" + recorded.step();
            var id = row.workflowId() + suffix;
            require(id.equals(recorded.childId()), "its child is " + recorded.childId() + " instead of " + id);
            require(records.workflow(id) != null, "its child " + id + " does not exist");
            children.add(id);
        }
        return many.count();
    }

    private String childAt(int number) {
        return children.isEmpty() ? null : children.get(number % children.size());
    }

    private long await(Op.Await await) {
        var id = childAt(await.child());
        if (id == null) return 0;
        var recorded = next("DBOS.getResult");
        require(id.equals(recorded.childId()), "it waited for " + recorded.childId() + " instead of " + id);
        return recorded.error() == null ? resultOf(id, recorded) : failureOf(id, await, recorded);
    }

    private long resultOf(String childId, Checkpoint recorded) {
        var child = records.workflow(childId);
        require(child.status() == WorkflowState.SUCCESS,
                "it saw a result of " + childId + ", which is " + child.status());
        requireOutput(child.output(), recorded.output());
        return recorded.output() == null || recorded.output().equals("null") ? 0 : Long.parseLong(recorded.output());
    }

    private long failureOf(String childId, Op.Await await, Checkpoint recorded) {
        var name = nameOf(recorded.error());
        if (name.endsWith("ResultTimeoutException")) {
            require(await.timeout() != null, "it ran out of time where it had no limit");
            return LiveProgram.TIMEOUT;
        }
        if (name.endsWith("WorkflowCancelledException")) {
            require(records.everCancelled(childId), "it saw " + childId + " cancelled, which it never was");
            return LiveProgram.CANCELLED;
        }
        require(name.endsWith("WorkflowFailedException"), "it recorded " + recorded.error());
        boolean hasFailed = records.workflow(childId).status() == WorkflowState.ERROR || records.everDead(childId);
        require(hasFailed, childId + " never failed");
        return LiveProgram.FAILED;
    }

    private long now() {
        return Long.parseLong(next("DBOS.now").output());
    }

    private long cancel(int child) {
        if (childAt(child) == null) return 0;
        requireOutput(next("cancel").output(), "null");
        return 0;
    }

    private long look(int child) {
        return childAt(child) == null ? 0 : Long.parseLong(next("look").output());
    }

    private long setEvent(Op.SetEvent event) {
        var json = event.key().json(event.value());
        requireOutput(next("DBOS.setEvent").output(), "{\"key\":\"" + event.key() + "\",\"value\":" + json + "}");
        ownEvents.put(event.key(), json);
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

    private long getEvent(Op.GetEvent wanted) {
        var id = wanted.own() ? row.workflowId() : childAt(wanted.child());
        if (id == null) return 0;
        var recorded = next("DBOS.getEvent");
        require(id.equals(recorded.childId()), "it read an event of " + recorded.childId() + " instead of " + id);
        if (wanted.own()) requireOutput(recorded.output(), ownEvents.getOrDefault(wanted.key(), "null"));
        else requireForward(id, wanted.key(), recorded.output());
        return recorded.output() == null ? 0 : Long.parseLong(recorded.output());
    }

    /** It never sees a value that was never set, nor one that is older than what it saw before. */
    private void requireForward(String id, Op.Key key, String output) {
        int now = output == null ? 0 : records.valuesOf(id, key).lastIndexOf(output) + 1;
        require(output == null || now > 0, "it saw " + key + " of " + id + " as " + output + ", which it never was");
        Integer before = seenEvents.put(id + " " + key, now);
        require(before == null || before <= now, "it saw " + key + " of " + id + " go back to " + output);
    }

    private long send(Op.Send send) {
        var to = switch (send.to()) {
            case CHILD -> childAt(send.child());
            case ITSELF -> row.workflowId();
            case NOBODY -> LiveProgram.nobody(row.workflowId());
        };
        if (to == null) return 0;
        var recorded = next("DBOS.send");
        require(to.equals(recorded.childId()), "it sent to " + recorded.childId() + " instead of " + to);
        if (send.to() != Op.To.NOBODY) {
            requireOutput(recorded.output(), send.topic().recorded() + "}");
            return 0;
        }
        require(recorded.error() != null && nameOf(recorded.error()).endsWith("NoSuchWorkflowException"),
                "it sent to nobody, and recorded is " + recorded);
        return LiveProgram.NOBODY;
    }

    private long post(Op.Post post) {
        if (childAt(post.child()) == null) return 0;
        requireOutput(next("post").output(), "null");
        return 0;
    }

    /** Which message it was, {@link MessageWitness} has judged. */
    private long receive(Op.Receive wanted) {
        var recorded = received(wanted);
        if (recorded.has("until")) {
            require(!wanted.timeout().isZero(), "it waited for a message without time");
            recorded = received(wanted);
            require(!recorded.has("until"), "it waited twice for one message");
        }
        if (!recorded.has("message")) return "".hashCode();
        var message = recorded.get("message");
        return (message.isJsonArray() ? message.getAsJsonArray().get(0) : message).getAsString().hashCode();
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

    private JsonObject received(Op.Receive wanted) {
        var output = next("DBOS.recv").output();
        require(output.startsWith(wanted.topic().recorded()),
                "it received on " + wanted.topic() + ", and recorded is " + output);
        return object(output);
    }

    private long startInStep(Op.StartInStep start) {
        var id = row.workflowId() + "-s" + start.number();
        requireOutput(next("start").output(), "\"" + id + "\"");
        require(records.workflow(id) != null, "what its step started does not exist: " + id);
        return id.hashCode();
    }

    private Checkpoint next(String name) {
        if (!history.hasNext()) throw new Incomplete();
        var recorded = history.next();
        require(recorded.name().equals(name), "step " + steps + " is " + recorded.name() + " instead of " + name);
        require(recorded.step() == steps++, "its steps are not numbered in order: " + recorded);
        return recorded;
    }

    private void requireOutput(String output, String expected) {
        require(expected.equals(output == null ? "null" : output),
                "after " + steps + " steps: expected " + expected + ", but found " + output);
    }

    private void requireMessage(String error, String expected) {
        require(error != null && expected.equals(object(error).get("message").getAsString()),
                "after " + steps + " steps: expected the error '" + expected + "', but found " + error);
    }

    private static String nameOf(String error) {
        return object(error).get("name").getAsString();
    }

    private static JsonObject object(String json) {
        return JsonParser.parseString(json).getAsJsonObject();
    }

    private static String text(String json) {
        return JsonParser.parseString(json).getAsString();
    }

    private void require(boolean holds, String contradiction) {
        if (holds) return;
        var subject = "model: workflow " + row.workflowId() + " '" + row.name() + "': ";
        throw new SimulationFailure(subject + contradiction);
    }
}
