package dev.dbosj.bench;

import java.util.function.DoublePredicate;
import java.util.function.ToDoubleFunction;

/**
 * What is wanted of a work.
 *
 * @param words   what is read off the result, to be formatted with it, and what it should be
 * @param ofPeer  whether only a comparison with the peer tells
 */
record Target(String words, boolean ofPeer, ToDoubleFunction<Result> reading, DoublePredicate met) {
    static Target shareOf(int percent) {
        return new Target("%.0f %% of the bare writer; wanted " + percent + " %% and more", false,
                result -> 100 * result.share(), share -> share >= percent);
    }

    static Target times(int least) {
        return new Target("%.1f times DBOS Java; wanted " + least + " times and more", true,
                Result::times, times -> times >= least);
    }

    static Target atMost(int most, String unit) {
        return new Target("%.1f " + unit + "; wanted " + most + " " + unit + " and less", false,
                result -> result.engine().median(), figure -> figure <= most);
    }

    static Target slowDownBelow(int percent) {
        return new Target("slower by %.1f %%; wanted less than " + percent + " %%", false,
                result -> 100 * (1 - result.share()), slowDown -> slowDown < percent);
    }

    boolean canTell(Result result) {
        return !ofPeer || !result.peer().isEmpty();
    }

    boolean isMet(Result result) {
        return met.test(reading.applyAsDouble(result));
    }

    String verdict(Result result) {
        return words.formatted(reading.applyAsDouble(result)) + ": " + (isMet(result) ? "yes" : "NO");
    }
}
