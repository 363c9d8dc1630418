package dev.dbosj.lab;

import java.util.ArrayList;
import java.util.List;

/** Measurements one after the other, of something that should neither grow nor shrink. */
final class Trend {
    private record Sample(double minute, double value) {}

    /** What is measured while everything warms up says nothing. */
    private static final double WARM_UP = 1.0 / 3;

    private final List<Sample> all = new ArrayList<>();

    void add(double minute, double value) {
        all.add(new Sample(minute, value));
    }

    private List<Sample> warm() {
        return all.subList((int) (all.size() * WARM_UP), all.size());
    }

    double first() {
        return warm().getFirst().value();
    }

    double last() {
        return all.getLast().value();
    }

    double most() {
        return all.stream().mapToDouble(Sample::value).max().orElse(0);
    }

    double least() {
        return warm().stream().mapToDouble(Sample::value).min().orElse(0);
    }

    /** By how much it grows in a minute: the line that comes closest to all measurements. */
    double slope() {
        var samples = warm();
        double minutes = samples.stream().mapToDouble(Sample::minute).average().orElse(0);
        double values = samples.stream().mapToDouble(Sample::value).average().orElse(0);
        double above = 0;
        double below = 0;
        for (var sample : samples) {
            above += (sample.minute() - minutes) * (sample.value() - values);
            below += (sample.minute() - minutes) * (sample.minute() - minutes);
        }
        return below == 0 ? 0 : above / below;
    }
}
