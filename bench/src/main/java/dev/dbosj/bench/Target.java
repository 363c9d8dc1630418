package dev.dbosj.bench;

import java.util.function.Predicate;

/**
 * What is wanted of a work.
 *
 * @param wanted it in words
 * @param ofPeer whether only a comparison with the peer tells
 */
record Target(String wanted, boolean ofPeer, Predicate<Result> met) {
    static Target shareOf(int percent) {
        return new Target("share >= %d %%".formatted(percent), false, result -> 100 * result.share() >= percent);
    }

    static Target times(int times) {
        return new Target(">= %d times".formatted(times), true, result -> result.times() >= times);
    }

    static Target atMost(int most, String unit) {
        return new Target("<= %d %s".formatted(most, unit), false, result -> result.engine().median() <= most);
    }

    boolean canTell(Result result) {
        return !ofPeer || !result.peer().isEmpty();
    }
}
