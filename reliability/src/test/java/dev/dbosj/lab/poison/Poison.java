package dev.dbosj.lab.poison;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSConfig;
import dev.dbosj.workflow.Workflow;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;

/** A process with workflows that do what none should. Arguments: the database and the version of its code. */
public final class Poison {
    /** What an {@code Error} is that is none of the virtual machine's. */
    static final class Fatal extends Error {
        private static final long serialVersionUID = 1L;

        Fatal(String message) {
            super(message);
        }
    }

    record Order(String item, int count) {}

    private final int version;

    Poison(int version) {
        this.version = version;
    }

    public static void main(String... args) throws IOException {
        var config = DBOSConfig.named("poison").databaseUrl(args[0]).pollInterval(Duration.ofMillis(20)).shutdownHook(false);
        DBOS.launch(config, new Poison(Integer.parseInt(args[1])));
        while (System.in.read() >= 0) {
            // until the test has ended
        }
        Runtime.getRuntime().halt(0);
    }

    @Workflow
    String innocent(int n) {
        int twice = DBOS.runStep("twice", () -> 2 * n);
        DBOS.sleep(Duration.ofMillis(5));
        return DBOS.runStep("more", () -> "made " + (twice + 1));
    }

    @Workflow(maxRecoveryAttempts = 1)
    String halts() {
        Runtime.getRuntime().halt(7);
        return "unreachable";
    }

    /** The same, and nobody counts how often. */
    @Workflow(maxRecoveryAttempts = 1000)
    String haltsUncounted() {
        return halts();
    }

    @Workflow
    String loops() {
        long n = 0;
        while (n >= 0) n = (n + 1) & Integer.MAX_VALUE;
        return "unreachable " + n;
    }

    @Workflow
    int overflows() {
        return 1 + overflows();
    }

    @Workflow(maxRecoveryAttempts = 1)
    int exhausts() {
        return DBOS.runStep("all there is", () -> {
            var all = new ArrayList<byte[]>();
            while (true) all.add(new byte[4 << 20]);
        });
    }

    @Workflow
    String throwsError() {
        throw new Fatal("it is over");
    }

    @Workflow
    String renamed() {
        return stepThenWait(version == 1 ? "before" : "after");
    }

    @Workflow
    String reordered() {
        if (version == 1) {
            DBOS.runStep("first", () -> 1);
            return stepThenWait("second");
        }
        DBOS.runStep("second", () -> 2);
        return stepThenWait("first");
    }

    @Workflow
    String recorded() {
        return stepThenWait("damaged");
    }

    /** The version of the process that began it ends here. */
    private String stepThenWait(String step) {
        var text = DBOS.runStep(step, () -> "text");
        DBOS.recv(String.class, Duration.ofHours(1));
        return text;
    }

    @Workflow
    String typed(Order order) {
        return order.item() + order.count();
    }
}
