package dev.dbosj.simulation;

import com.google.gson.JsonParser;
import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.SystemDatabase;
import java.time.Duration;
import java.time.Instant;
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

    private record Setting(String json, Instant at) {}

    private final SystemDatabase database;
    private final Predicate<String> everStopped;
    private final Promptness promptness;
    private final Consumer<String> breach;
    private final Map<Name, List<Setting>> settings = new HashMap<>();
    private final Map<Name, SimulatedProcess> firstSetters = new HashMap<>();
    private final Map<String, Map<String, String>> latest = new HashMap<>();

    /** @param everStopped whether the workflow was ever cancelled or a dead letter, and perhaps resumed */
    EventWitness(
            SystemDatabase database,
            Predicate<String> everStopped,
            Promptness promptness,
            Consumer<String> breach) {
        this.database = database;
        this.everStopped = everStopped;
        this.promptness = promptness;
        this.breach = breach;
    }

    /** The process has set the event. */
    void setBy(SimulatedProcess process, String workflowId, String key) {
        firstSetters.putIfAbsent(new Name(workflowId, key), process);
    }

    /** An event is what its workflow has recorded to have set last: nobody else sets it, and no value gets lost. */
    void look(String workflowId, List<Checkpoint> fresh) {
        var expected = latest.computeIfAbsent(workflowId, id -> new TreeMap<>());
        for (var checkpoint : fresh)
            if (checkpoint.name().equals("DBOS.setEvent")) learn(workflowId, checkpoint, expected);
        var stored = database.events(workflowId);
        if (!stored.equals(expected))
            breach.accept("I2: events of %s are %s; its steps have set %s".formatted(workflowId, stored, expected));
    }

    private void learn(String workflowId, Checkpoint checkpoint, Map<String, String> expected) {
        var recorded = JsonParser.parseString(checkpoint.output()).getAsJsonObject();
        var key = recorded.get("key").getAsString();
        var value = recorded.get("value").toString();
        expected.put(key, value);
        settings.computeIfAbsent(new Name(workflowId, key), name -> new ArrayList<>())
                .add(new Setting(value, promptness.now()));
    }

    /** All values that the event has had, as JSON, in order. */
    List<String> values(String workflowId, String key) {
        return settings(workflowId, key).stream().map(Setting::json).toList();
    }

    private List<Setting> settings(String workflowId, String key) {
        return settings.getOrDefault(new Name(workflowId, key), List.of());
    }

    /** Somebody on the process is about to read the event. */
    Reading reading(SimulatedProcess process, String workflowId, String key) {
        return new Reading(process, workflowId, key);
    }

    /** One reader's look at one event: what it sees is not older than the moment when it asked. */
    final class Reading {
        private final SimulatedProcess process;
        private final String workflowId;
        private final String key;
        private final int setBefore;
        private final Instant begin = promptness.now();

        private Reading(SimulatedProcess process, String workflowId, String key) {
            this.process = process;
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
            if (json != null) requirePrompt();
        }

        private void requirePrompt() {
            var what = "%s saw event %s of %s".formatted(process, key, workflowId);
            var first = settings(workflowId, key).getFirst().at();
            if (setBefore > 0) promptness.requireAtOnce(begin, what);
            else if (firstSetters.get(new Name(workflowId, key)) == process) promptness.requireAtOnce(first, what);
            else promptness.requireSoon(first, what);
        }

        /** Who waits for ever sees nothing only if the workflow has ended without having set it. */
        private void requireNothingMore(List<String> all) {
            if (everStopped.test(workflowId)) return;
            var status = database.workflow(workflowId).status();
            if (!status.isTerminal()) fail("none, and it is " + status);
            if (!all.isEmpty()) fail("none, and it ended with " + all);
        }

        private void fail(String what) {
            breach.accept("I2: %s saw event %s of %s as %s".formatted(process, key, workflowId, what));
        }
    }
}
