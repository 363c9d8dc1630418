package dev.dbosj.lincheck;

import dev.dbosj.commit.LaneCheck;
import dev.dbosj.executor.SlotsCheck;
import java.util.List;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;

/**
 * The program of a virtual machine of its own, because the checker changes the classes of the one in which it runs.
 * Arguments: how many scenarios, and how many interleavings of each.
 */
public final class Checks {
    private static final List<Class<?>> STRUCTURES = List.of(BellCheck.class, SlotsCheck.class, LaneCheck.class);
    private static final List<Class<?>> TWINS = List.of(BellTwin.class, SlotsTwin.class, LaneTwin.class);

    private Checks() {}

    public static void main(String... args) {
        var options = new ModelCheckingOptions()
                .iterations(Integer.parseInt(args[0]))
                .invocationsPerIteration(Integer.parseInt(args[1]))
                .threads(2)
                .actorsPerThread(3)
                .actorsBefore(0)
                .actorsAfter(1);
        for (var structure : STRUCTURES) options.check(structure);
        long invocations = Invocations.count();
        long caught = TWINS.stream().filter(twin -> isCaught(options, twin)).count();
        System.out.printf("LINCHECK structures %d, invocations %d, twins caught %d of %d%n",
                STRUCTURES.size(), invocations, caught, TWINS.size());
        System.exit(caught == TWINS.size() ? 0 : 1);
    }

    private static boolean isCaught(ModelCheckingOptions options, Class<?> twin) {
        try {
            options.check(twin);
            return false;
        } catch (AssertionError caught) {
            return true;
        }
    }
}
