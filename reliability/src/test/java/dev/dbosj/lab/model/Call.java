package dev.dbosj.lab.model;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One call of a sequence. Its numbers choose among what there is when it is made, so that it stays a call when others
 * before it are dropped.
 */
record Call(Kind kind, int a, int b, int c) {
    enum Kind {
        ENQUEUE(4), START(2), ENQUEUE_AGAIN(1), ENQUEUE_OTHER(1), ENQUEUE_ALL(1), ORDER(14), AWAIT_CHILD(2), SEND(4),
        SEND_TO_NOBODY(1), CANCEL(3), RESUME(3), GET_RESULT(2), GET_EVENT(2), LIST(4), STEPS(1), STATUS(1),
        CHANGE_NOBODY(1), RESTART(1);

        private final int weight;

        Kind(int weight) {
            this.weight = weight;
        }
    }

    private static final List<Kind> LOTS =
            Stream.of(Kind.values()).flatMap(kind -> IntStream.range(0, kind.weight).mapToObj(i -> kind)).toList();

    /** The sequence of that seed. */
    static List<Call> sequence(long seed, int length) {
        var random = new Random(seed);
        return Stream.generate(() -> new Call(
                        LOTS.get(random.nextInt(LOTS.size())), number(random), number(random), number(random)))
                .limit(length)
                .toList();
    }

    private static int number(Random random) {
        return random.nextInt(1 << 16);
    }
}
