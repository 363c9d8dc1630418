package dev.dbosj.bench;

import java.util.ArrayList;
import java.util.List;

/** What the runs of one side gave. */
final class Figures {
    private final List<Double> figures = new ArrayList<>();

    void add(double figure) {
        figures.add(figure);
    }

    boolean isEmpty() {
        return figures.isEmpty();
    }

    double median() {
        var sorted = sorted();
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }

    @Override
    public String toString() {
        return "%,12.1f  (%,.1f to %,.1f in %d runs)".formatted(
                median(), sorted().getFirst(), sorted().getLast(), figures.size());
    }

    private List<Double> sorted() {
        return figures.stream().sorted().toList();
    }
}
