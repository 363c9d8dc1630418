package dev.dbosj.time;

/** Everything of the outside world that a test may replace. */
public record Seams(Time time, Ids ids, Threads threads, Signals signals) {
    /** The real world. */
    public static Seams system() {
        var time = Time.system();
        return new Seams(time, Ids.random(time), Threads.system(), Signals.none());
    }

    public Seams signals(Signals signals) {
        return new Seams(time, ids, threads, signals);
    }
}
