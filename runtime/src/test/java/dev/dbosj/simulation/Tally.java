package dev.dbosj.simulation;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** How often the interesting things happened: what never happened was not tested. */
final class Tally {
    private final Map<String, Long> counts = new HashMap<>();

    void count(String event) {
        counts.merge(event, 1L, Long::sum);
    }

    void add(Tally other) {
        other.counts.forEach((event, count) -> counts.merge(event, count, Long::sum));
    }

    long of(String event) {
        return counts.getOrDefault(event, 0L);
    }

    Map<String, Long> counts() {
        return new TreeMap<>(counts);
    }

    @Override
    public String toString() {
        return counts().toString();
    }
}
