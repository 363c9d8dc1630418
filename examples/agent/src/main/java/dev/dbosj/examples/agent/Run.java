package dev.dbosj.examples.agent;

import dev.dbosj.DBOSConfig;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.exceptions.DBOSException;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/** One run of the program: joins the conversation about a question, works on it until it has ended, and shows it. */
final class Run {
    private static final int INTERRUPTED = 130;

    // On PostgreSQL, others go on with the work of a killed process when its lease has ended; on SQLite, at once.
    private static final Duration LEASE = Duration.ofSeconds(5);

    private final Instant begin = Instant.now();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final String databaseUrl;
    private final String modelName;
    private final Agent agent;
    private final int concurrency;
    private volatile boolean interrupted;

    /** @param concurrency how many tools run at once in this process */
    Run(String databaseUrl, String modelName, Agent agent, int concurrency) {
        this.databaseUrl = databaseUrl;
        this.modelName = modelName;
        this.agent = agent;
        this.concurrency = concurrency;
    }

    /**
     * Returns the exit code.
     *
     * @param fresh whether to ask anew what has been asked before
     */
    int execute(String question, boolean fresh) {
        stopOnInterrupt(Thread.currentThread());
        try (var dbos = DBOSRuntime.create(configuration())) {
            // Under the model's name: what was begun with another model waits for that one, and is not paid for here.
            dbos.register(modelName, agent);
            dbos.registerQueue(Agent.toolQueue(concurrency));
            dbos.launch();
            var id = new Conversations(dbos, modelName, question).join(fresh);
            show(dbos, dbos.with(WorkflowOptions.id(id)).startWorkflow(agent::answer, question));
            return Main.OK;
        } catch (DBOSException failure) {
            if (!interrupted) throw failure;
            System.err.println("stopped; the same command goes on from here");
            return INTERRUPTED;
        } finally {
            ended.countDown();
        }
    }

    private DBOSConfig configuration() {
        return DBOSConfig.named("agent")
                .databaseUrl(databaseUrl)
                .lease(LEASE)
                .shutdownHook(false)
                .exceptions(ModelBusyException.class);
    }

    private void show(DBOSRuntime dbos, WorkflowHandle<String> conversation) {
        var view = new ConversationView(dbos, conversation.workflowId(), begin, System.out);
        String answer;
        try (view) {
            view.start();
            answer = conversation.getResult();
        } finally {
            Thread.interrupted(); // closing takes its time, and waits
        }
        System.out.println("\n%s\n".formatted(answer));
        if (conversation.getStatus().completedAt().isBefore(begin))
            System.out.println("this was answered before; --fresh asks anew");
        System.out.println(String.format(Locale.ROOT, "agent turns=%d tools=%d earlier=%d now=%d seconds=%.1f",
                view.turns(), view.toolsEarlier() + view.toolsNow(), view.toolsEarlier(), view.toolsNow(),
                Duration.between(begin, Instant.now()).toMillis() / 1e3));
    }

    /** Ctrl-C: whoever waits for the answer stops waiting and closes everything; only then may the process end. */
    private void stopOnInterrupt(Thread waiting) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            interrupted = true;
            waiting.interrupt();
            try {
                ended.await();
            } catch (InterruptedException stranger) {
                Thread.currentThread().interrupt();
            }
        }));
    }
}
