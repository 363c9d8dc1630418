package dev.dbosj;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Nested;

/** What users see is the same on SQLite as on the memory store. */
class BehaviourOnSqliteTest {
    private static String freshFile() {
        try {
            var folder = Files.createTempDirectory("dbosj-behaviour");
            folder.toFile().deleteOnExit();
            return "sqlite:" + folder.resolve("test.db");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Nested
    class Workflows extends WorkflowTest {
        @Override
        String url() {
            return freshFile();
        }
    }

    @Nested
    class Recovery extends RecoveryTest {
        @Override
        String url() {
            return freshFile();
        }
    }

    @Nested
    class Steps extends StepTest {
        @Override
        String url() {
            return freshFile();
        }
    }

    @Nested
    class DeadLetters extends DeadLetterTest {
        @Override
        String url() {
            return freshFile();
        }
    }

    @Nested
    class Shutdown extends ShutdownTest {
        @Override
        String url() {
            return freshFile();
        }
    }

    @Nested
    class Events extends EventTest {
        @Override
        String url() {
            return freshFile();
        }
    }

    @Nested
    class Admission extends AdmissionTest {
        @Override
        String url() {
            return freshFile();
        }
    }

    @Nested
    class FlowControl extends FlowControlTest {
        @Override
        String url() {
            return freshFile();
        }
    }

    @Nested
    class Attempts extends AttemptTest {
        @Override
        String url() {
            return freshFile();
        }
    }

    @Nested
    class Redrives extends RedriveTest {
        @Override
        String url() {
            return freshFile();
        }
    }

    @Nested
    class FlowAfterCrashes extends FlowCrashTest {
        @Override
        String url() {
            return freshFile();
        }
    }

    @Nested
    class BatchSteps extends BatchStepTest {
        @Override
        String url() {
            return freshFile();
        }
    }

    @Nested
    class Messages extends MessageTest {
        @Override
        String url() {
            return freshFile();
        }
    }

    @Nested
    class Clients extends ClientTest {
        @Override
        String url() {
            return freshFile();
        }
    }

    @Nested
    class Hints extends HintTest {
        @Override
        String url() {
            return freshFile();
        }
    }
}
