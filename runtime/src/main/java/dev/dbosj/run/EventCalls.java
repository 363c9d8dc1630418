package dev.dbosj.run;

import dev.dbosj.json.JsonCodec;
import dev.dbosj.store.Awaited;
import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.Effect;
import dev.dbosj.store.Outcome;
import dev.dbosj.store.WorkflowEvent;
import dev.dbosj.wait.Awaiting;
import dev.dbosj.workflow.WorkflowOptions;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Events: values that a workflow shows while it runs, for anybody to read. */
public final class EventCalls {
    private static final String SET = "DBOS.setEvent";
    private static final String GET = "DBOS.getEvent";
    private static final int PAGE = 1000;

    private final Collaborators with;
    private final OutsideWait outside;

    public EventCalls(Collaborators with) {
        this.with = with;
        this.outside = new OutsideWait(with);
    }

    /**
     * Sets an event of the run's workflow. The checkpoint holds key and value, so the history keeps every value.
     *
     * @param type the value's; null for what its class says
     */
    public void set(WorkflowRun run, String key, Object value, Type type) {
        WorkflowOptions.requireName("event key", key);
        if (value == null) throw new IllegalArgumentException("event '" + key + "' must not be null: it would look as if it were not set");
        var json = with.json().roundTrip(value, type == null ? JsonCodec.plainTypeOf(value) : type).json();
        int step = run.beginOperation();
        var beginning = "{\"key\":" + with.json().encode(key, String.class) + ",\"value\":";
        var recorded = run.recorded(step, SET);
        if (recorded != null) {
            if (!recorded.output().startsWith(beginning)) throw run.mismatch(step, SET + " " + recorded.output(), SET + " of " + key);
            return;
        }
        var now = run.journal().now();
        var event = new WorkflowEvent(run.workflowId(), key, json);
        run.journal()
                .append(new Checkpoint(step, SET, beginning + json + "}", null, null, now, now), new Effect.SetEvent(key, json))
                .onCommit(outcome -> {
                    if (outcome instanceof Outcome.Applied) with.news().arrived(event);
                });
    }

    /** Waits until the event is set, its workflow has ended or the time has passed; recorded inside a workflow. */
    public Optional<Object> get(String workflowId, String key, Type type, Duration timeout) {
        WorkflowOptions.requireName("workflow id", workflowId);
        WorkflowOptions.requireName("event key", key);
        var atMost = OutsideWait.requireTimeout(timeout);
        var wanted = new Awaited.Event(workflowId, key);
        var run = CurrentWorkflow.outsideStepsOrNull("getEvent '" + key + "' of workflow " + workflowId);
        var json = run == null ? outside(wanted, atMost) : recorded(run, wanted, atMost);
        return json == null ? Optional.empty() : Optional.ofNullable(with.json().decode(json, type));
    }

    private String recorded(WorkflowRun run, Awaited.Event wanted, Duration timeout) {
        int step = run.beginOperation();
        var recorded = run.recorded(step, GET);
        if (recorded != null) {
            if (!wanted.workflowId().equals(recorded.childId()))
                throw run.mismatch(step, GET + " of " + recorded.childId(), GET + " of " + wanted.workflowId());
            return recorded.output();
        }
        run.barrier(); // it may have set the event itself
        var startedAt = run.journal().now();
        var event = timeout.isZero() ? null : run.awaitEvent(wanted, timeout);
        var json = event == null ? run.patiently(() -> read(wanted)) : event.value();
        run.record(step, GET, json, null, wanted.workflowId(), startedAt);
        return json;
    }

    private String outside(Awaited.Event wanted, Duration timeout) {
        if (timeout.isZero()) return read(wanted);
        var ended = new Awaited.Result(wanted.workflowId());
        var what = "event '%s' of workflow %s".formatted(wanted.key(), wanted.workflowId());
        var awaiting = outside.await(List.of(wanted, ended), it -> isDecided(it, wanted), timeout, what);
        var event = awaiting.event(wanted.workflowId(), wanted.key());
        // The workflow may have ended in this process, having set the event in another one.
        return event == null ? read(wanted) : event.value();
    }

    static boolean isDecided(Awaiting awaiting, Awaited.Event wanted) {
        return awaiting.event(wanted.workflowId(), wanted.key()) != null || awaiting.result(wanted.workflowId()) != null;
    }

    private String read(Awaited.Event wanted) {
        var found = events(List.of(wanted));
        return found.isEmpty() ? null : found.getFirst().value();
    }

    /** The event of each of the workflows that has set it, by workflow id. */
    public Map<String, Object> getAll(Collection<String> workflowIds, String key, Type type) {
        WorkflowOptions.requireName("event key", key);
        var wanted = workflowIds.stream().distinct().map(id -> new Awaited.Event(id, key)).toList();
        var values = new LinkedHashMap<String, Object>();
        for (int from = 0; from < wanted.size(); from += PAGE)
            for (var event : events(wanted.subList(from, Math.min(wanted.size(), from + PAGE))))
                values.put(event.workflowId(), with.json().decode(event.value(), type));
        return values;
    }

    private List<WorkflowEvent> events(List<Awaited.Event> wanted) {
        var events = new ArrayList<WorkflowEvent>(wanted.size());
        for (var arrival : with.seams().threads().callDatabase(() -> with.database().arrivals(wanted)))
            if (arrival instanceof WorkflowEvent event) events.add(event);
        return events;
    }
}
