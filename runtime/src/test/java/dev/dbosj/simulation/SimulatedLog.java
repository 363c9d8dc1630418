package dev.dbosj.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.function.BiConsumer;
import org.slf4j.LoggerFactory;

/** Leads what the engine logs into the trace of the world that is running. */
final class SimulatedLog extends AppenderBase<ILoggingEvent> {
    private final Logger engine = (Logger) LoggerFactory.getLogger("dev.dbosj");
    private final Level before = engine.getLevel();
    private final BiConsumer<Level, String> listener;

    private SimulatedLog(BiConsumer<Level, String> listener) {
        this.listener = listener;
    }

    /** Listens until closed. */
    static SimulatedLog listen(BiConsumer<Level, String> listener) {
        var log = new SimulatedLog(listener);
        log.setContext(log.engine.getLoggerContext());
        log.start();
        log.engine.setLevel(Level.INFO);
        log.engine.setAdditive(false);
        log.engine.addAppender(log);
        return log;
    }

    @Override
    protected void append(ILoggingEvent event) {
        var cause = event.getThrowableProxy();
        listener.accept(event.getLevel(), event.getFormattedMessage()
                + (cause == null ? "" : ": " + cause.getClassName() + ": " + cause.getMessage()));
    }

    void close() {
        engine.detachAppender(this);
        engine.setAdditive(true);
        engine.setLevel(before);
        stop();
    }
}
