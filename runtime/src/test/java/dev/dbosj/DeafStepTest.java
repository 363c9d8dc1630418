package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.dbosj.exceptions.StepTimeoutException;
import dev.dbosj.time.Seams;
import dev.dbosj.time.Time;
import dev.dbosj.workflow.StepOptions;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Somebody must hear of a step that cannot be stopped. */
@Timeout(20)
class DeafStepTest {
    private static final int FASTER = 50;

    private final LinkedBlockingQueue<String> warnings = new LinkedBlockingQueue<>();
    private final Logger log = (Logger) LoggerFactory.getLogger("dev.dbosj.run.StepRunner");
    private final AppenderBase<ILoggingEvent> listener = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel() == Level.WARN) warnings.add(event.getFormattedMessage());
        }
    };

    /** A world in which a second is over in the fiftieth part of one. */
    private static Seams quickly() {
        var system = Seams.system();
        var time = new Time() {
            @Override
            public Instant now() {
                return system.time().now();
            }

            @Override
            public long nanos() {
                return system.time().nanos() * FASTER;
            }

            @Override
            public void park(Duration atMost) {
                system.time().park(atMost.dividedBy(FASTER));
            }
        };
        return new Seams(time, system.ids(), system.threads(), system.signals());
    }

    static class Errand {
        final CountDownLatch go = new CountDownLatch(1);

        @Workflow
        void errand(int seconds) {
            DBOS.runStep(StepOptions.named("deaf").timeout(Duration.ofSeconds(seconds)), () -> {
                while (true) {
                    try {
                        go.await();
                        return;
                    } catch (InterruptedException ignored) { // being deaf is the point
                        Thread.yield();
                    }
                }
            });
        }
    }

    @BeforeEach
    void listen() {
        listener.start();
        log.addAppender(listener);
    }

    @AfterEach
    void stopListening() {
        log.detachAppender(listener);
    }

    @Test
    void aBodyThatIgnoresTheInterruptIsNamedInTheLog() throws Exception {
        var errand = new Errand();
        var seams = quickly();
        var config = DBOSConfig.named("app").databaseUrl("memory:").shutdownHook(false).lease(Duration.ofHours(1));
        try (var dbos = DBOSRuntime.create(config, seams, Assembly.open(config, seams)).register(errand).launch()) {
            var handle = dbos.with(WorkflowOptions.id("w")).startWorkflow(errand::errand, 1);

            assertThat(warnings.take()).contains("step 'deaf' of workflow w", "PT1S", "ignores the interrupt");
            errand.go.countDown();
            assertThatThrownBy(handle::getResult).hasCauseInstanceOf(StepTimeoutException.class);
        }
        assertThat(warnings).isEmpty();
    }
}
