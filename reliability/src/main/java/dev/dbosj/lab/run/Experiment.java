package dev.dbosj.lab.run;

import java.util.Comparator;

/**
 * A test class that belongs to the reliability plan.
 *
 * @param number of the plan, from 1; it is the number in the tag {@code T1}
 * @param className the class with the tests
 */
record Experiment(int number, String className) implements Comparable<Experiment> {
    private static final Comparator<Experiment> ORDER =
            Comparator.comparing(Experiment::number).thenComparing(Experiment::className);

    String tag() {
        return "T" + number;
    }

    @Override
    public int compareTo(Experiment other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return tag() + " " + className.substring(className.lastIndexOf('.') + 1);
    }
}
