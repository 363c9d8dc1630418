package dev.dbosj.simulation;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * Worlds one after the other, in a virtual machine of their own: it has its own switches and keeps no threads of killed
 * worlds, and no lock of its classes is ever held by another world.
 */
public final class Lane {
    private static final Duration HANG = Duration.ofSeconds(60);
    private static volatile long running = -1;

    private Lane() {}

    /** What lanes are told and tell, as the first word of a line. */
    enum Word {
        SEEDS,
        HUNDREDS,
        EACH,
        FAILURE,
        FIGURES,
        EVENT,
        CALLED,
        HUNDRED,
        DIGEST;

        String line(Object... values) {
            return this + " " + String.join(" ", Arrays.stream(values).map(String::valueOf).toList());
        }
    }

    /**
     * Arguments: {@code SEEDS first stride seconds least enough} runs the first seed, the one a stride later and so on,
     * at least so many and then until the time is over or enough have failed; {@code HUNDREDS h …} tells the digests
     * of the hundred seeds from 100 h on; {@code EACH first end} those of single seeds.
     */
    public static void main(String... arguments) throws IOException {
        long[] numbers = Arrays.stream(arguments).skip(1).mapToLong(Long::parseLong).toArray();
        watch();
        endWithParent();
        var simulation = new Simulation();
        switch (Word.valueOf(arguments[0])) {
            case SEEDS -> seeds(simulation, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
            case HUNDREDS -> {
                for (long hundred : numbers)
                    say(Word.HUNDRED, hundred, Digests.ofHundred(hundred, seed -> run(simulation, seed).digest()));
            }
            case EACH -> {
                for (long seed = numbers[0]; seed < numbers[1]; seed++)
                    say(Word.DIGEST, seed, Long.toHexString(run(simulation, seed).digest()));
            }
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        var computed = Duration.ofNanos(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
        say(Word.FIGURES, simulation.figures().after(computed).line());
        simulation.tally().counts().forEach((event, count) -> say(Word.EVENT, count, event));
        Coverage.called().forEach(operation -> say(Word.CALLED, operation));
        System.exit(0);
    }

    private static void seeds(Simulation simulation, long first, long stride, long seconds, long least, long enough) {
        long deadline = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        for (long done = 0; done < least || System.nanoTime() < deadline; done++) {
            run(simulation, first + done * stride);
            if (simulation.failures().size() >= enough) return;
        }
    }

    private static World.Result run(Simulation simulation, long seed) {
        running = seed;
        var result = simulation.run(seed);
        if (result.failure() != null) say(Word.FAILURE, report(result));
        return result;
    }

    private static String report(World.Result failed) {
        try {
            return Simulation.report(failed);
        } catch (IOException e) {
            return Simulation.failureLine(failed.seed(), failed.failure() + " | no trace: " + e);
        }
    }

    private static void say(Word word, Object... values) {
        System.out.println(word.line(values));
    }

    /** A thread that spins without ever parking cannot be interrupted; but the seed can be told. */
    private static void watch() {
        var watchdog = new Thread(() -> {
            for (long last = -2; last != running; ) {
                last = running;
                LockSupport.parkNanos(HANG.toNanos());
            }
            say(Word.FAILURE, Simulation.failureLine(running, "hangs"));
            Runtime.getRuntime().halt(2);
        });
        watchdog.setDaemon(true);
        watchdog.start();
    }

    /** Whoever started the lane keeps its input open; when it is gone, nobody needs the lane. */
    private static void endWithParent() {
        var guard = new Thread(() -> {
            try {
                while (System.in.read() >= 0) continue;
            } catch (IOException closed) {
                System.err.println("the input of the lane failed: " + closed);
            }
            Runtime.getRuntime().halt(3);
        });
        guard.setDaemon(true);
        guard.start();
    }
}
