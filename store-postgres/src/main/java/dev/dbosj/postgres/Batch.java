package dev.dbosj.postgres;

import static dev.dbosj.postgres.PostgresConnections.SHORT_WAIT;
import static dev.dbosj.store.jdbc.Rows.millis;

import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.Owner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A batch column by column, as the function {@code apply_batch_v4} takes it: everything in one message. It holds the
 * regular case only, that every command is new and its run still owned; the function refuses what turns out otherwise.
 */
final class Batch {
    static final String APPLY = """
            select dbosj.apply_batch_v4(
                ?, ?::text[], ?::bigint[],
                ?::text[],
                ?::text[], ?::bigint[], ?::text[], ?::text[], ?::integer[],
                ?::text[], ?::bigint[], ?::text[], ?::text[], ?::text[],
                ?::integer[], ?::integer[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::bigint[],
                ?::integer[], ?::text[], ?::text[],
                ?::text[], ?::text[], ?::text[], ?::text[],
                ?::integer[], ?::text[],
                ?::integer[], ?::text[], ?::text[], ?::text[],
                ?::integer[], ?::bigint[])
            """;

    private record Event(int owner, String key) {}

    private record Step(int owner, int number) {}

    private final Map<String, Integer> places = new HashMap<>();
    private final List<Owner> owners = new ArrayList<>();
    private final Set<Integer> ended = new HashSet<>();
    private final Set<Step> stepKeys = new HashSet<>();
    private final Set<String> ids = new HashSet<>();

    private final List<NewWorkflow> inserts = new ArrayList<>();
    private final List<Integer> stepOwners = new ArrayList<>();
    private final List<Checkpoint> steps = new ArrayList<>();
    private final Map<Event, String> events = new LinkedHashMap<>();
    private final List<Effect.Send> sent = new ArrayList<>();
    private final List<Integer> receiveOwners = new ArrayList<>();
    private final List<String> received = new ArrayList<>();
    private final List<Integer> finishOwners = new ArrayList<>();
    private final List<Effect.Finish> finishes = new ArrayList<>();
    private final List<Integer> releaseOwners = new ArrayList<>();
    private final List<Effect.Release> releases = new ArrayList<>();

    private boolean meetsStrangers;

    private Batch() {}

    /** The batch as a message, or null if a look at the commands shows that they are not the regular case. */
    static Batch of(List<Command> commands) {
        var batch = new Batch();
        for (var command : commands) if (!batch.add(command)) return null;
        boolean runsNew = batch.inserts.stream().anyMatch(workflow -> batch.places.containsKey(workflow.workflowId()));
        return runsNew ? null : batch;
    }

    /** @return whether it is regular */
    private boolean add(Command command) {
        meetsStrangers |= command.effect().meetsStrangers();
        if (command.owner() == null) return addFromOutside(command.effect());
        int place = place(command.owner());
        if (place == 0 || ended.contains(place)) return false;
        var checkpoint = command.checkpoint();
        if (checkpoint != null) {
            if (!stepKeys.add(new Step(place, checkpoint.step()))) return false;
            stepOwners.add(place);
            steps.add(checkpoint);
        }
        return switch (command.effect()) {
            case Effect.Nothing nothing -> true;
            case Effect.Insert insert -> add(insert);
            case Effect.Debounce debounce -> false;
            case Effect.SetEvent event -> add(place, event);
            case Effect.Send send -> sent.add(send);
            case Effect.Receive receive -> receiveOwners.add(place) && received.add(receive.messageId());
            case Effect.Finish finish -> add(place, finish);
            case Effect.Release release -> add(place, release);
            case Effect.Fail fail -> false;
            case Effect.Change change -> false;
            case Effect.Redrive redrive -> false;
            case Effect.Purge purge -> false;
            case Effect.Define define -> false;
            case Effect.Steer steer -> false;
        };
    }

    private boolean addFromOutside(Effect effect) {
        return switch (effect) {
            case Effect.Insert insert -> add(insert);
            case Effect.Send send -> sent.add(send);
            default -> false;
        };
    }

    /** Its place among the owners, from 1; 0 if that workflow has another one. */
    private int place(Owner owner) {
        int place = places.computeIfAbsent(owner.workflowId(), id -> {
            owners.add(owner);
            return owners.size();
        });
        return owners.get(place - 1).epoch() == owner.epoch() ? place : 0;
    }

    private boolean add(Effect.Insert insert) {
        if (insert.guarded()) return false;
        for (var workflow : insert.workflows()) {
            if (!ids.add(workflow.workflowId())) return false;
            inserts.add(workflow);
        }
        return true;
    }

    private boolean add(int place, Effect.SetEvent event) {
        events.put(new Event(place, event.key()), event.value());
        return true;
    }

    private boolean add(int place, Effect.Finish finish) {
        finishOwners.add(place);
        finishes.add(finish);
        return ended.add(place);
    }

    private boolean add(int place, Effect.Release release) {
        releaseOwners.add(place);
        releases.add(release);
        return ended.add(place) && !release.countAttempt();
    }

    /**
     * What {@link #APPLY} is bound to. Rows of runs of one's own are locked by others at most as long as they may be
     * stopped in a transaction, unless somebody looks after the tables by hand.
     */
    Object[] values(int longestPause) {
        var values = new ArrayList<Object>(37);
        values.add(meetsStrangers ? SHORT_WAIT + "ms" : (SHORT_WAIT + longestPause) + "ms");
        values.add(texts(owners.stream().map(Owner::workflowId).toList()));
        values.add(owners.isEmpty() ? null : owners.stream().map(Owner::epoch).toArray(Long[]::new));
        values.add(texts(members()));
        addInserts(values);
        addSteps(values);
        values.add(numbers(events.keySet().stream().map(Event::owner).toList()));
        values.add(texts(events.keySet().stream().map(Event::key).toList()));
        values.add(texts(events.values()));
        values.add(texts(sent.stream().map(Effect.Send::workflowId).toList()));
        values.add(texts(sent.stream().map(Effect.Send::messageId).toList()));
        values.add(texts(sent.stream().map(Effect.Send::topic).toList()));
        values.add(texts(sent.stream().map(Effect.Send::message).toList()));
        values.add(numbers(receiveOwners));
        values.add(texts(received));
        values.add(numbers(finishOwners));
        values.add(texts(finishes.stream().map(finish -> finish.status().name()).toList()));
        values.add(texts(finishes.stream().map(Effect.Finish::output).toList()));
        values.add(texts(finishes.stream().map(Effect.Finish::error).toList()));
        values.add(numbers(releaseOwners));
        values.add(releases.isEmpty() ? null : releases.stream().map(it -> millis(it.until())).toArray(Long[]::new));
        return values.toArray();
    }

    private Set<String> members() {
        var members = new LinkedHashSet<String>();
        for (var workflow : inserts) if (workflow.executorId() != null) members.add(workflow.executorId());
        return members;
    }

    private void addInserts(List<Object> values) {
        if (inserts.isEmpty()) {
            values.addAll(Arrays.asList(new Object[10]));
            return;
        }
        values.add(texts(inserts.stream().map(NewWorkflow::workflowId).toList()));
        values.add(inserts.stream().map(NewWorkflow::uid).toArray(Long[]::new));
        values.add(texts(inserts.stream().map(NewWorkflow::name).toList()));
        values.add(texts(inserts.stream().map(NewWorkflow::queueName).toList()));
        values.add(numbers(inserts.stream().map(NewWorkflow::priority).toList()));
        values.add(texts(inserts.stream().map(NewWorkflow::partitionKey).toList()));
        values.add(inserts.stream().map(it -> it.delay() == null ? null : it.delay().toMillis()).toArray(Long[]::new));
        values.add(texts(inserts.stream().map(NewWorkflow::parentId).toList()));
        values.add(texts(inserts.stream().map(NewWorkflow::executorId).toList()));
        values.add(texts(inserts.stream().map(NewWorkflow::input).toList()));
    }

    private void addSteps(List<Object> values) {
        if (steps.isEmpty()) {
            values.addAll(Arrays.asList(new Object[8]));
            return;
        }
        values.add(numbers(stepOwners));
        values.add(numbers(steps.stream().map(Checkpoint::step).toList()));
        values.add(texts(steps.stream().map(Checkpoint::name).toList()));
        values.add(texts(steps.stream().map(Checkpoint::output).toList()));
        values.add(texts(steps.stream().map(Checkpoint::error).toList()));
        values.add(texts(steps.stream().map(Checkpoint::childId).toList()));
        values.add(steps.stream().map(step -> millis(step.startedAt())).toArray(Long[]::new));
        values.add(steps.stream().map(step -> millis(step.completedAt())).toArray(Long[]::new));
    }

    private static String[] texts(Collection<String> texts) {
        return texts.isEmpty() ? null : texts.toArray(String[]::new);
    }

    private static Integer[] numbers(Collection<Integer> numbers) {
        return numbers.isEmpty() ? null : numbers.toArray(Integer[]::new);
    }
}
