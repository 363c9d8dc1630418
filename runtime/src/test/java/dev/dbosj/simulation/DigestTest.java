package dev.dbosj.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A seed takes the same course everywhere, and the same as when the digests of seeds 0 to 99,999 were written down.
 * {@code -Ddbosj.digest=write} writes them anew; {@code -Ddbosj.digest=4200-4300} prints that of each of these seeds.
 */
@Tag("T1")
class DigestTest {
    private static final String DIGEST = "dbosj.digest";
    private static final boolean LONG_FORM = "true".equals(System.getenv("CI"));
    private static final int HUNDREDS_IN_SHORT_FORM = 1;
    private static final int SEEDS = 20;

    @Test
    void aSeedTakesTheSameCourseInEveryVirtualMachineAndOrder() {
        var elsewhere = new Lanes((hundred, digest) -> {}).run(List.of(new Lanes.Task(Lane.Word.EACH.line(0, SEEDS))));
        requireClean(elsewhere);
        var simulation = new Simulation();
        var here = new TreeMap<Long, String>();
        for (long seed = SEEDS - 1; seed >= 0; seed--) here.put(seed, Long.toHexString(simulation.run(seed).digest()));
        assertThat(elsewhere.seeds()).isEqualTo(here);
    }

    @Test
    void seedsTakeTheCoursesThatAreWrittenDown() throws Exception {
        var order = System.getProperty(DIGEST);
        if ("write".equals(order)) {
            assertThat(DigestRun.write(0, Digests.ALL_LINES, DigestRun.FILE)).isEmpty();
        } else if (order != null) {
            printEach(order.split("-"));
        } else {
            var written = Digests.written();
            assumeTrue(written.isPresent(), "no digests are written down yet: -Ddbosj.digest=write");
            compare(written.get());
        }
    }

    private static void compare(Digests written) {
        var random = new SplittableRandom(Long.getLong("dbosj.seed", System.nanoTime()));
        var thousands = written.thousands();
        long thousand = thousands.get(random.nextInt(thousands.size()));
        long hundred = thousand * Digests.PER_LINE + random.nextInt(Digests.PER_LINE);
        var hundreds = LONG_FORM
                ? LongStream.range(0, Digests.PER_LINE).map(i -> thousand * Digests.PER_LINE + i)
                : LongStream.range(hundred, hundred + HUNDREDS_IN_SHORT_FORM);
        compare(written, hundreds.boxed().toList());
    }

    /** Odd hundreds with another compiler than even ones: it must make no difference either. */
    private static void compare(Digests written, List<Long> hundreds) {
        var even = hundreds.stream().filter(hundred -> hundred % 2 == 0).toList();
        var odd = hundreds.stream().filter(hundred -> hundred % 2 == 1).toList();
        var tasks = new ArrayList<Lanes.Task>();
        if (!even.isEmpty()) tasks.add(new Lanes.Task(Lane.Word.HUNDREDS.line(even.toArray())));
        if (!odd.isEmpty()) tasks.add(new Lanes.Task(Lane.Word.HUNDREDS.line(odd.toArray()), Lanes.QUICK_COMPILER));
        var computed = new TreeMap<Long, String>();
        requireClean(new Lanes(computed::put).run(tasks));
        var differing = hundreds.stream()
                .filter(hundred -> !written.hundreds().get(hundred).equals(computed.get(hundred)))
                .toList();
        System.out.printf("DIGEST seeds %d, from %d, differences %d%n",
                hundreds.size() * Digests.HUNDRED, hundreds.getFirst() * Digests.HUNDRED, differing.size());
        assertThat(differing).as(() -> advice(differing.getFirst())).isEmpty();
    }

    private static String advice(long hundred) {
        return ("""
                Seeds take other courses than the digests in %s say.
                Was the engine or the simulation changed? Write them anew, in about ten minutes:
                  ./mvnw -pl runtime -am test -Dtest=DigestTest -Dsurefire.failIfNoSpecifiedTests=false \\
                      -Ddbosj.digest=write
                To find the first seed that differs, print single digests here and in the other version, and compare:
                  … -Ddbosj.digest=%d-%d
                Hundreds of seeds that differ""")
                .formatted(DigestRun.FILE, hundred * Digests.HUNDRED, (hundred + 1) * Digests.HUNDRED);
    }

    private static void printEach(String[] range) {
        var task = Lane.Word.EACH.line((Object[]) range);
        var lanes = new Lanes((hundred, digest) -> {}).run(List.of(new Lanes.Task(task)));
        lanes.seeds().forEach((seed, digest) -> System.out.println("seed " + seed + " " + digest));
        requireClean(lanes);
    }

    private static void requireClean(Lanes lanes) {
        assertThat(lanes.failures()).isEmpty();
    }
}
