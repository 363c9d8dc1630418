package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowQueue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** The walk through the classes in docs/ARCHITECTURE.md is the walk of a real run. */
@Timeout(10)
class ArchitectureWalkTest {
    private static final Pattern STATION = Pattern.compile("^\\d+\\. \\*\\*`(dev\\.dbosj\\.[a-zA-Z.]+)`\\*\\*", Pattern.MULTILINE);

    static class Greeter {
        @Workflow
        String greet(String name) {
            return DBOS.runStep("hello", () -> "hello " + name);
        }
    }

    @Test
    void aRunEntersTheNamedClassesInTheOrderOfThePage() throws IOException {
        var page = Files.readString(Path.of("../docs/ARCHITECTURE.md"));
        var stations = STATION.matcher(page).results().map(MatchResult::group).map(line -> line.replaceAll(".*`(.*)`.*", "$1")).toList();

        assertThat(stations).hasSizeBetween(5, 10);
        assertThat(stations).allSatisfy(name -> assertThat(Class.forName(name)).isNotNull());
        assertThat(entered(stations)).containsExactlyElementsOf(stations);
    }

    private static Set<String> entered(List<String> stations) {
        var entered = Collections.synchronizedSet(new LinkedHashSet<String>());
        var appender = new AppenderBase<ILoggingEvent>() {
            @Override
            protected void append(ILoggingEvent event) {
                if (stations.contains(event.getLoggerName())) entered.add(event.getLoggerName());
            }
        };
        var root = (Logger) LoggerFactory.getLogger("dev.dbosj");
        appender.start();
        root.setAdditive(false);
        var greeter = new Greeter();
        try (var dbos = DBOS.launch(DBOSConfig.named("walk").databaseUrl("memory:").shutdownHook(false), greeter)) {
            dbos.registerQueue(WorkflowQueue.named("greetings"));
            root.addAppender(appender);
            root.setLevel(Level.TRACE);
            assertThat(dbos.enqueueWorkflow("greetings", greeter::greet, "Ada").getResult()).isEqualTo("hello Ada");
        } finally {
            root.setLevel(null);
            root.setAdditive(true);
            root.detachAppender(appender);
        }
        return entered;
    }
}
