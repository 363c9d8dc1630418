package dev.dbosj.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSConfig;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One tenant floods a queue with a single slot; the others go on as if he waited in a queue of his own. */
@Tag("T3")
@EachStore
@Timeout(600)
class NoisyNeighbourTest {
    private static final String QUEUE = "tenants";
    private static final Duration JOB = Duration.ofMillis(20);
    private static final int FLOOD = Course.isLong() ? 100_000 : 3_000;
    private static final int NEIGHBOURS = 20;

    /** The job under way, one that was claimed in the moment in which the neighbour came, and a few if the machine pauses. */
    private static final int MOST_BEFORE = 10;

    private final Store store;
    private final AtomicInteger begun = new AtomicInteger();

    NoisyNeighbourTest(Store store) {
        this.store = store;
    }

    /** When its body began, and how many of all had begun before. */
    record Start(long nanos, int before) {}

    @Workflow(name = "work")
    Start work(boolean isShort) throws InterruptedException {
        return DBOS.runStep("work", () -> {
            var start = new Start(System.nanoTime(), begun.getAndIncrement());
            if (!isShort) Thread.sleep(JOB);
            return start;
        });
    }

    @Test
    void whoFloodsAQueueDelaysNobodyElse() throws Exception {
        try (var lab = new Lab("NoisyNeighbourTest", store);
                var dbos = DBOSRuntime.create(DBOSConfig.named("lab").databaseUrl(lab.job().databaseUrl())
                        .shutdownHook(false).shutdownGrace(Duration.ofSeconds(1)))) {
            lab.database().dismissWitness();
            dbos.register(this);
            dbos.registerQueue(WorkflowQueue.named(QUEUE).workerConcurrency(1));
            dbos.launch();
            neighbours(dbos, new ArrayList<>());
            var inPeace = neighbours(dbos, new ArrayList<>());
            dbos.with(WorkflowOptions.defaults().partitionKey("flood"))
                    .enqueueAll(QUEUE, this::work, IntStream.range(0, FLOOD).mapToObj(i -> false).toList());
            var before = new ArrayList<Integer>();
            var besides = neighbours(dbos, before);
            judge(lab, inPeace, besides, before.stream().mapToInt(Integer::intValue).max().orElseThrow());
        }
    }

    /** One after the other, each of a tenant of its own. @return how long each waited until it began, in order */
    private List<Double> neighbours(DBOSRuntime dbos, List<Integer> before) throws InterruptedException {
        var waits = new ArrayList<Double>();
        for (int tenant = 0; tenant < NEIGHBOURS; tenant++) {
            Thread.sleep(Duration.ofMillis(10 + tenant));
            long asked = System.nanoTime();
            var neighbour = dbos.with(WorkflowOptions.defaults().partitionKey("tenant-" + tenant))
                    .enqueueWorkflow(QUEUE, this::work, true);
            // From here on it is known that he waits; on a slow disk others go on until then.
            int begunBefore = begun.get();
            var start = neighbour.getResult();
            waits.add((start.nanos() - asked) / 1e6);
            before.add(start.before() - begunBefore);
        }
        return waits.stream().sorted().toList();
    }

    private void judge(Lab lab, List<Double> inPeace, List<Double> besides, int mostBefore) {
        double bound = JOB.toMillis() + 2 * inPeace.getLast();
        var figures = String.format(Locale.ROOT,
                "NEIGHBOURS %s: flood %d, job %d ms, slots 1, tenants %d, most jobs before one %d, start p50 %.1f ms,"
                        + " slowest %.1f ms, bound %.1f ms (empty queue: p50 %.1f ms, slowest %.1f ms)",
                store, FLOOD, JOB.toMillis(), NEIGHBOURS, mostBefore, besides.get(NEIGHBOURS / 2), besides.getLast(),
                bound, inPeace.get(NEIGHBOURS / 2), inPeace.getLast());
        assertThat(mostBefore).as(figures).isLessThanOrEqualTo(MOST_BEFORE);
        if (Course.isLong()) assertThat(besides.getLast()).as(figures).isLessThan(bound);
        lab.passed(figures);
    }
}
