package dev.dbosj.postgres.faults;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/** What is logged meanwhile, kept off the console: of faults there is much to say. */
final class Overheard extends AppenderBase<ILoggingEvent> implements AutoCloseable {

    private static final String ZONKY = "io.zonky"; // complains when a server is not there any more
    private static final List<String> TALKATIVE = List.of("dev.dbosj", "com.zaxxer.hikari", ZONKY);

    private final ConcurrentLinkedQueue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();

    Overheard() {
        start();
        for (var name : TALKATIVE) {
            var logger = (Logger) LoggerFactory.getLogger(name);
            logger.setAdditive(false);
            logger.addAppender(this);
        }
        ((Logger) LoggerFactory.getLogger("dev.dbosj")).setLevel(Level.INFO);
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (!event.getLoggerName().startsWith(ZONKY)) events.add(event);
    }

    /** Everything of the level and above. */
    List<String> all(Level level) {
        return events.stream().filter(event -> event.getLevel().isGreaterOrEqual(level)).map(Overheard::text).toList();
    }

    private static String text(ILoggingEvent event) {
        var text = new StringBuilder(event.getLevel() + " " + event.getThreadName() + ": " + event.getFormattedMessage());
        for (var thrown = event.getThrowableProxy(); thrown != null; thrown = thrown.getCause())
            text.append(" | ").append(thrown.getClassName()).append(": ").append(thrown.getMessage());
        return text.toString();
    }

    @Override
    public void close() {
        for (var name : TALKATIVE) {
            var logger = (Logger) LoggerFactory.getLogger(name);
            logger.detachAppender(this);
            logger.setAdditive(true);
        }
        ((Logger) LoggerFactory.getLogger("dev.dbosj")).setLevel(null);
    }
}
