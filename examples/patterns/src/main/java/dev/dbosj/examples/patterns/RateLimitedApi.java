package dev.dbosj.examples.patterns;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSConfig;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowQueue;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** An API allows twenty calls a second: in no second are more begun, by however many processes. */
final class RateLimitedApi {
    private static final String QUEUE = "api";
    private static final int CALLS = 50;
    private static final int MOST = 20;
    private static final Duration SECOND = Duration.ofSeconds(1);

    /** @return when the call was made */
    @Workflow
    long call(int number) {
        return DBOS.runStep("call", System::currentTimeMillis);
    }

    static void run(DBOSConfig config, PrintStream out) {
        var api = new RateLimitedApi();
        try (var dbos = DBOS.launch(config, api)) {
            dbos.registerQueue(WorkflowQueue.named(QUEUE).rateLimit(MOST, SECOND));
            out.printf("%d calls, at most %d in any second:%n", CALLS, MOST);
            var calls = dbos.enqueueAll(QUEUE, api::call, IntStream.range(0, CALLS).boxed().toList());
            show(calls.stream().map(call -> call.getResult()).sorted().toList(), out);
        }
    }

    private static void show(List<Long> times, PrintStream out) {
        long tenth = SECOND.toMillis() / 10;
        long tenths = (times.getLast() - times.getFirst()) / tenth;
        for (long i = 0; i <= tenths; i++) {
            long from = times.getFirst() + i * tenth;
            long made = times.stream().filter(time -> time >= from && time < from + tenth).count();
            if (made > 0) out.printf("%4.1f s %s%n", i / 10.0, "#".repeat((int) made));
        }
    }
}
