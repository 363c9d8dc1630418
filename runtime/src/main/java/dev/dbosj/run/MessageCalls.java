package dev.dbosj.run;

import dev.dbosj.exceptions.MisuseException;
import dev.dbosj.exceptions.NoSuchWorkflowException;
import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.json.JsonCodec;
import dev.dbosj.store.Awaited;
import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.Effect;
import dev.dbosj.store.Outcome;
import dev.dbosj.store.WorkflowMessage;
import dev.dbosj.workflow.WorkflowOptions;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Messages: anybody sends them to a workflow, which receives each once. */
public final class MessageCalls {
    private static final String SEND = "DBOS.send";
    private static final String RECEIVE = "DBOS.recv";
    private static final String NO_TOPIC = "";

    private final Collaborators with;

    public MessageCalls(Collaborators with) {
        this.with = with;
    }

    // ---- sending ---------------------------------------------------------------------------------------------------

    /**
     * Sends a message: as an operation of the workflow whose code makes the call, otherwise at once.
     *
     * @param type the message's; null for what its class says
     * @param topic null for none
     * @param idempotencyKey null for none; in a step the place of the call among those of its attempt takes its place
     */
    public void send(String workflowId, Object message, Type type, String topic, String idempotencyKey) {
        WorkflowOptions.requireName("workflow id", workflowId);
        if (idempotencyKey != null) WorkflowOptions.requireName("idempotency key", idempotencyKey);
        if (message == null)
            throw new IllegalArgumentException("a message must not be null: it would look as if none had come");
        var to = new Awaited.Message(workflowId, stored(topic));
        var json = with.json().roundTrip(message, type == null ? JsonCodec.plainTypeOf(message) : type).json();
        var run = CurrentWorkflow.outsideStepsOrNull("send to workflow " + workflowId);
        if (run == null) outside(to, idempotencyKey == null ? messageId() : idempotencyKey, json);
        else recorded(run, to, json);
    }

    private static String stored(String topic) {
        return topic == null ? NO_TOPIC : WorkflowOptions.requireName("topic", topic);
    }

    private static Effect.Send effect(Awaited.Message to, String messageId, String json) {
        return new Effect.Send(to.workflowId(), messageId, to.topic(), json);
    }

    /** In a step one that is the same at every attempt. */
    private String messageId() {
        var run = CurrentWorkflow.orNull("send");
        return run == null ? with.seams().ids().next() : run.stepKey() + ":" + run.body().nextMessage();
    }

    private void outside(Awaited.Message to, String messageId, String json) {
        switch (with.commits().commit(effect(to, messageId, json))) {
            case Outcome.Applied applied -> with.news().sent(to);
            case Outcome.Refused refused when refused.reason() == Outcome.Reason.BAD_DATA -> throw new PayloadException(
                    "the system database cannot store the message to workflow %s: %s"
                            .formatted(to.workflowId(), refused.detail()));
            case Outcome.Refused refused -> throw noSuchWorkflow(to);
            case Outcome.Fenced fenced -> throw new MisuseException(
                    "the message to workflow " + to.workflowId() + " was not sent: the runtime is closed");
            case Outcome.Cancelled cancelled ->
                throw new IllegalStateException("a message from outside cannot be cancelled");
        }
    }

    private static NoSuchWorkflowException noSuchWorkflow(Awaited.Message to) {
        return new NoSuchWorkflowException("there is no workflow " + to.workflowId() + " to send a message to");
    }

    private void recorded(WorkflowRun run, Awaited.Message to, String json) {
        int step = run.beginOperation();
        var entry = new Entries(to.topic()).empty();
        var recorded = run.recorded(step, SEND);
        if (recorded != null) {
            if (!to.workflowId().equals(recorded.childId()))
                throw run.mismatch(step, SEND + " to " + recorded.childId(), SEND + " to " + to.workflowId());
            if (recorded.error() != null) throw run.threw(step, recorded.error(), (RuntimeException) with.errors().decode(recorded.error(), List.of()));
            if (!entry.equals(recorded.output()))
                throw run.mismatch(step, SEND + " " + recorded.output(), SEND + " " + entry);
            return;
        }
        run.barrier();
        var now = run.journal().now();
        var checkpoint = new Checkpoint(step, SEND, entry, null, to.workflowId(), now, now);
        var outcome = run.journal().append(checkpoint, effect(to, with.seams().ids().next(), json)).await();
        if (outcome instanceof Outcome.Refused refused && refused.reason() == Outcome.Reason.NO_SUCH_WORKFLOW) {
            run.journal().reopen();
            var failure = noSuchWorkflow(to);
            var error = with.errors().encode(failure);
            run.record(step, SEND, null, error, to.workflowId(), now);
            throw run.threw(step, error, failure);
        }
        run.barrier();
        with.news().sent(to);
    }

    // ---- receiving -------------------------------------------------------------------------------------------------

    /**
     * The oldest message of the topic that the workflow has not received. If there is none, the deadline is recorded
     * before the wait, under a step number of its own.
     *
     * @param topic null for none
     * @return empty if none has come by the deadline
     */
    public Optional<Object> receive(WorkflowRun run, String topic, Type type, Duration timeout) {
        var wanted = new Awaited.Message(run.workflowId(), stored(topic));
        var entries = new Entries(wanted.topic());
        var json = received(run, wanted, entries, OutsideWait.requireTimeout(timeout));
        return json == null ? Optional.empty() : Optional.ofNullable(with.json().decode(json, type));
    }

    private String received(WorkflowRun run, Awaited.Message wanted, Entries entries, Duration timeout) {
        int step = run.beginOperation();
        var recorded = recorded(run, step, entries);
        if (recorded == null) {
            run.barrier(); // until then what it has received before seems to be there still
            var startedAt = run.journal().now();
            var message = run.patiently(() -> read(wanted));
            if (message != null || timeout.isZero()) return take(run, step, message, entries, startedAt);
            recorded = entries.waiting(run.databaseTime().plus(timeout));
            run.record(step, RECEIVE, recorded, null, null, startedAt);
        }
        var deadline = entries.deadline(recorded);
        return deadline == null ? entries.message(recorded) : awaited(run, wanted, entries, deadline);
    }

    private String awaited(WorkflowRun run, Awaited.Message wanted, Entries entries, Instant deadline) {
        int step = run.beginOperation();
        var recorded = recorded(run, step, entries);
        if (recorded != null) return entries.message(recorded);
        var startedAt = run.journal().now();
        var message = run.awaitMessage(wanted, deadline);
        // Its last word: what was sent before the deadline, or since then if nobody ran the workflow, is there.
        return take(run, step, message == null ? run.patiently(() -> read(wanted)) : message, entries, startedAt);
    }

    private String recorded(WorkflowRun run, int step, Entries entries) {
        var recorded = run.recorded(step, RECEIVE);
        if (recorded == null) return null;
        if (entries.owns(recorded.output())) return recorded.output();
        throw run.mismatch(step, RECEIVE + " " + recorded.output(), RECEIVE + " " + entries.empty());
    }

    private String take(WorkflowRun run, int step, WorkflowMessage message, Entries entries, Instant startedAt) {
        var entry = message == null ? entries.empty() : entries.received(message.message());
        var checkpoint = new Checkpoint(step, RECEIVE, entry, null, null, startedAt, run.journal().now());
        run.journal().append(checkpoint, message == null ? Effect.NOTHING : new Effect.Receive(message.messageId()));
        return message == null ? null : message.message();
    }

    private WorkflowMessage read(Awaited.Message wanted) {
        var arrivals = with.seams().threads().callDatabase(() -> with.database().arrivals(List.of(wanted)));
        return arrivals.isEmpty() ? null : (WorkflowMessage) arrivals.getFirst();
    }

    /** What checkpoints of one topic hold: {@code {"topic":…}}, and a message, or until when it waits for one. */
    private final class Entries {
        private static final String MESSAGE = ",\"message\":";
        private static final String UNTIL = ",\"until\":";

        private final String beginning;

        Entries(String topic) {
            beginning = "{\"topic\":" + with.json().encode(topic.equals(NO_TOPIC) ? null : topic, String.class);
        }

        String empty() {
            return beginning + "}";
        }

        String received(String message) {
            return beginning + MESSAGE + message + "}";
        }

        String waiting(Instant deadline) {
            return beginning + UNTIL + deadline.toEpochMilli() + "}";
        }

        boolean owns(String entry) {
            return entry.startsWith(beginning);
        }

        /** Until when it waits; null if it does not. */
        Instant deadline(String entry) {
            var millis = part(entry, UNTIL);
            return millis == null ? null : Instant.ofEpochMilli(Long.parseLong(millis));
        }

        /** The message; null if it holds none. */
        String message(String entry) {
            return part(entry, MESSAGE);
        }

        private String part(String entry, String name) {
            if (!entry.startsWith(name, beginning.length())) return null;
            return entry.substring(beginning.length() + name.length(), entry.length() - 1);
        }
    }
}
