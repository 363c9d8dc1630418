package dev.dbosj;

import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** Workflows that fail so often as a test wants, hang, or wait for it. */
class FailingJobs {
    static final class Gone extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Gone(String message) {
            super(message);
        }
    }

    final ConcurrentLinkedQueue<String> ledger = new ConcurrentLinkedQueue<>();
    final AtomicInteger failures = new AtomicInteger();
    final CountDownLatch reached = new CountDownLatch(1);
    final Semaphore go = new Semaphore(0);

    String note(String what) {
        ledger.add(what);
        return what;
    }

    private void failIfToo() throws IOException {
        if (failures.getAndDecrement() > 0) throw new IOException("unreachable");
    }

    @Workflow
    String flaky(String name) throws IOException {
        DBOS.runStep("before", () -> note("before"));
        return DBOS.runStep("flaky", () -> {
            note("flaky " + name);
            failIfToo();
            return name;
        });
    }

    /** Its code wraps what the step has thrown. */
    @Workflow
    String wrapping() {
        try {
            return DBOS.runStep("flaky", () -> {
                note("flaky");
                failIfToo();
                return "done";
            });
        } catch (IOException failure) {
            throw new IllegalStateException("wrapped", failure);
        }
    }

    /** It catches the error, cleans up, and fails all the same. */
    @Workflow
    String cleaning() throws IOException {
        try {
            return DBOS.runStep("pay", () -> {
                note("pay");
                failIfToo();
                return "paid";
            });
        } catch (IOException failure) {
            DBOS.runStep("refund", () -> note("refund"));
            throw failure;
        }
    }

    @Workflow
    String plain() throws IOException {
        DBOS.runStep("before", () -> note("before"));
        note("plain");
        failIfToo();
        return "done";
    }

    @Workflow
    String parent() {
        return DBOS.with(WorkflowOptions.id("child")).enqueueWorkflow("children", this::child).getResult();
    }

    @Workflow
    String child() throws IOException {
        note("child");
        failIfToo();
        return "of child";
    }

    @Workflow(maxAttempts = 2, intervalSeconds = 0.01, abortOn = Gone.class)
    String own(String name) throws IOException {
        note("own");
        if (name.equals("gone")) throw new Gone(name);
        failIfToo();
        return name;
    }

    @Workflow
    void unknownException() {
        DBOS.runStep("gone", () -> {
            note("gone");
            if (go.availablePermits() == 0) throw new Gone("for good");
        });
    }

    @Workflow
    String held() throws InterruptedException {
        DBOS.runStep("before", () -> note("before"));
        return DBOS.runStep("hold", () -> {
            note("hold");
            if (failures.getAndDecrement() > 0) {
                reached.countDown();
                go.acquire();
            }
            return "done";
        });
    }

    /** Fails at its first attempt, and hangs in the second. */
    @Workflow
    String doomed() throws Exception {
        DBOS.runStep("before", () -> note("before"));
        return DBOS.runStep("doomed", () -> {
            note("doomed");
            if (failures.getAndDecrement() != 1) throw new IOException("unreachable");
            reached.countDown();
            go.acquire();
            return "done";
        });
    }

    /** Its child runs on when it fails. */
    @Workflow
    String careless() throws IOException {
        DBOS.startWorkflow(this::waiting);
        throw new IOException("careless");
    }

    @Workflow
    String deaf() {
        return DBOS.runStep("deaf", () -> {
            note("deaf");
            reached.countDown();
            go.acquireUninterruptibly();
            return "done";
        });
    }

    @Workflow
    String slow() throws InterruptedException {
        return DBOS.runStep("slow", () -> {
            note("slow");
            for (int i = 0; i < 8; i++) {
                DBOS.extendAttempt(Duration.ofMillis(800));
                Thread.sleep(100);
            }
            return "done";
        });
    }

    @Workflow
    String waiting() {
        note("waiting");
        DBOS.recv(String.class, Duration.ofMinutes(5));
        return "done";
    }

    @Workflow
    String family(String name) throws IOException {
        var first = DBOS.startWorkflow(this::leaf, "first of " + name).getResult();
        var second = DBOS.startWorkflow(this::leaf, "second of " + name).getResult();
        failIfToo();
        return first + ", " + second;
    }

    @Workflow
    String leaf(String name) {
        return note(name);
    }
}
