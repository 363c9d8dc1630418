package dev.dbosj.simulation;

import com.google.gson.JsonParser;
import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.SystemDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Knows every value that every event has had, in order, and judges what readers see. */
final class EventWitness {
    private record Name(String workflowId, String key) {}

    private final SystemDatabase database;
    private final Predicate<String> everStopped;
    private final Consumer<String> breach;
    private final Map<Name, List<String>> values = new HashMap<>();
    private final Map<String, Integer> checkpointsSeen = new HashMap<>();
    private final Map<String, Map<String, String>> latest = new HashMap<>();

    /** @param everStopped whether the workflow was ever cancelled or a dead letter, and perhaps resumed */
    EventWitness(SystemDatabase database, Predicate<String> everStopped, Consumer<String> breach) {
        this.database = database;
        this.everStopped = everStopped;
        this.breach = breach;
    }

    /** An event is what its workflow has recorded to have set last: nobody else sets it, and no value gets lost. */
    void look(String workflowId, List<Checkpoint> checkpoints) {
        var expected = latest.computeIfAbsent(workflowId, id -> new TreeMap<>());
        int seen = Math.min(checkpointsSeen.getOrDefault(workflowId, 0), checkpoints.size());
        for (var checkpoint : checkpoints.subList(seen, checkpoints.size()))
            if (checkpoint.name().equals("DBOS.setEvent")) learn(workflowId, checkpoint, expected);
        checkpointsSeen.put(workflowId, checkpoints.size());
        var stored = database.events(workflowId);
        if (!stored.equals(expected))
            breach.accept("I2: events of %s are %s; its steps have set %s".formatted(workflowId, stored, expected));
    }

    private void learn(String workflowId, Checkpoint checkpoint, Map<String, String> expected) {
        var recorded = JsonParser.parseString(checkpoint.output()).getAsJsonObject();
        var key = recorded.get("key").getAsString();
        var value = recorded.get("value").toString();
        expected.put(key, value);
        values.computeIfAbsent(new Name(workflowId, key), name -> new ArrayList<>()).add(value);
    }

    /** All values that the event has had, as JSON, in order. */
    List<String> values(String workflowId, String key) {
        return List.copyOf(values.getOrDefault(new Name(workflowId, key), List.of()));
    }

    /** Somebody is about to read the event. */
    Reading reading(Object reader, String workflowId, String key) {
        return new Reading(reader, workflowId, key);
    }

    /** One reader's look at one event: what it sees is not older than the moment when it asked. */
    final class Reading {
        private final Object reader;
        private final String workflowId;
        private final String key;
        private final int setBefore;

        private Reading(Object reader, String workflowId, String key) {
            this.reader = reader;
            this.workflowId = workflowId;
            this.key = key;
            this.setBefore = values(workflowId, key).size();
        }

        /**
         * It has seen the value.
         *
         * @param json null for none
         * @param timeout how long it was ready to wait
         */
        void saw(String json, Duration timeout) {
            var all = values(workflowId, key);
            if (json != null && !all.contains(json)) fail("%s, which it never was".formatted(json));
            if (json == null ? setBefore > 0 : all.lastIndexOf(json) + 1 < setBefore)
                fail("%s, and it was %s when asked for".formatted(json, all.get(setBefore - 1)));
            if (json == null && timeout.equals(Op.GetEvent.FOR_EVER)) requireNothingMore(all);
        }

        /** Who waits for ever sees nothing only if the workflow has ended without having set it. */
        private void requireNothingMore(List<String> all) {
            if (everStopped.test(workflowId)) return;
            var status = database.workflow(workflowId).status();
            if (!status.isTerminal()) fail("none, and it is " + status);
            if (!all.isEmpty()) fail("none, and it ended with " + all);
        }

        private void fail(String what) {
            breach.accept("I2: %s saw event %s of %s as %s".formatted(reader, key, workflowId, what));
        }
    }
}
