package dev.dbosj.lab;

/**
 * How long an experiment goes on: as often as it takes to say anything at all, and then for its share of the time that
 * {@code dbosj.seconds} grants to all experiments of its kind on one store together.
 */
final class Course {
    private static final long SECONDS = Long.getLong("dbosj.seconds", 0);
    private static final double NANOS = 1e9;

    /** What says nothing by then never will. */
    private static final int MOST_IN_VAIN = 100;

    private final int least;
    private final long end;
    private int rounds;

    /** @param share of the time, from 0 to 1 */
    Course(int least, double share) {
        this.least = least;
        this.end = System.nanoTime() + (long) (SECONDS * share * NANOS);
    }

    /** Whether there is another round. */
    boolean goesOn() {
        return goesOn(true);
    }

    /** Whether there is another round. By chance the rounds so far may have said nothing: then there is. */
    boolean goesOn(boolean saysSomething) {
        boolean enough = saysSomething || rounds >= least + MOST_IN_VAIN;
        if (enough && rounds >= least && System.nanoTime() - end >= 0) return false;
        rounds++;
        return true;
    }

    /** How many rounds there were. */
    int rounds() {
        return rounds;
    }

    /** Whether a minute or more is granted: then it is worth while to prepare. */
    static boolean isLong() {
        return SECONDS >= 60;
    }

    /** The share in whole seconds, at least so many. */
    static int seconds(int least, double share) {
        return Math.max(least, (int) (SECONDS * share));
    }

    static long granted() {
        return SECONDS;
    }
}
