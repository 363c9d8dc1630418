package dev.dbosj.workflow;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * How a dead letter is to be tried again. Immutable; {@code Redrive.asItIs().fromStep(3)}.
 *
 * @param fromStep the first operation that is to run again: its record and all later ones are removed; 0 or more. Null
 *     (the default) to go on where the workflow failed.
 * @param arguments what the workflow's method gets instead of its arguments; null (the default) for the same again. What
 *     is recorded was done with the old ones, so this is mostly said together with {@code fromStep(0)}.
 * @param delay how long it waits before it may be claimed, by the database's clock, 0 to 3,660 days; default 0
 */
public record Redrive(Integer fromStep, List<Object> arguments, Duration delay) {
    private static final Duration LONGEST_DELAY = Duration.ofDays(3660);
    private static final Redrive AS_IT_IS = new Redrive(null, null, Duration.ZERO);

    public Redrive {
        if (fromStep != null && fromStep < 0) throw new IllegalArgumentException("fromStep " + fromStep + " is negative");
        if (delay.isNegative() || delay.compareTo(LONGEST_DELAY) > 0)
            throw new IllegalArgumentException("delay " + delay + " is outside 0.." + LONGEST_DELAY);
    }

    /** At once, with the same arguments, from where it failed. */
    public static Redrive asItIs() {
        return AS_IT_IS;
    }

    /** The same from another operation on. */
    public Redrive fromStep(int fromStep) {
        return new Redrive(fromStep, arguments, delay);
    }

    /** The same with other arguments: text, numbers, records, or collections and maps of plain data; null is allowed. */
    public Redrive arguments(Object... arguments) {
        return new Redrive(fromStep, Arrays.asList(arguments.clone()), delay);
    }

    /** The same, but later. */
    public Redrive delay(Duration delay) {
        return new Redrive(fromStep, arguments, delay);
    }
}
