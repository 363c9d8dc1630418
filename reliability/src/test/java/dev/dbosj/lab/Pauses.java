package dev.dbosj.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** For how long the workflows of killed and stopped processes stood still until another process claimed them. */
final class Pauses {
    /** One of them. */
    record Pause(String workflowId, Entry fault, Entry end) implements Comparable<Pause> {
        Duration length() {
            return Duration.ofNanos(end.at() - fault.at());
        }

        @Override
        public int compareTo(Pause other) {
            return length().compareTo(other.length());
        }
    }

    private final Map<String, Long> holders = new HashMap<>();
    private final Map<String, Entry> standing = new HashMap<>();
    private final List<Pause> all = new ArrayList<>();

    private Pauses() {}

    static Pauses of(List<Entry> ledger) {
        var pauses = new Pauses();
        ledger.forEach(pauses::read);
        return pauses;
    }

    private void read(Entry entry) {
        switch (entry.kind()) {
            case CLAIMED -> {
                end(entry);
                holders.put(entry.workflowId(), entry.pid());
            }
            case BEGIN -> {
                endBy(entry);
                holders.put(entry.workflowId(), entry.pid());
            }
            case END, FAIL -> endBy(entry);
            case FAULT, STOPPED -> holders.forEach((workflow, pid) -> {
                if (pid == entry.pid()) standing.put(workflow, entry);
            });
            case ACCEPTED, INTERRUPTED, DOOMED, CONTINUED, HELD, LEFT, ANSWER -> {}
        }
    }

    /** The process itself goes on, because nobody has taken its workflow over. */
    private void endBy(Entry entry) {
        var fault = standing.get(entry.workflowId());
        if (fault != null && fault.pid() == entry.pid()) end(entry);
    }

    private void end(Entry entry) {
        var fault = standing.remove(entry.workflowId());
        if (fault != null) all.add(new Pause(entry.workflowId(), fault, entry));
    }

    int count() {
        return all.size();
    }

    Pause longest() {
        return Collections.max(all);
    }
}
