package dev.dbosj;

import dev.dbosj.postgres.PostgresServer;
import org.junit.jupiter.api.Nested;

/** What users see is the same on PostgreSQL as on the memory store. */
class BehaviourOnPostgresTest {
    @Nested
    class Workflows extends WorkflowTest {
        @Override
        String url() {
            return PostgresServer.freshDatabase();
        }
    }

    @Nested
    class Recovery extends RecoveryTest {
        @Override
        String url() {
            return PostgresServer.freshDatabase();
        }
    }

    @Nested
    class Steps extends StepTest {
        @Override
        String url() {
            return PostgresServer.freshDatabase();
        }
    }

    @Nested
    class DeadLetters extends DeadLetterTest {
        @Override
        String url() {
            return PostgresServer.freshDatabase();
        }
    }

    @Nested
    class Shutdown extends ShutdownTest {
        @Override
        String url() {
            return PostgresServer.freshDatabase();
        }
    }

    @Nested
    class Events extends EventTest {
        @Override
        String url() {
            return PostgresServer.freshDatabase();
        }
    }

    @Nested
    class Admission extends AdmissionTest {
        @Override
        String url() {
            return PostgresServer.freshDatabase();
        }
    }

    @Nested
    class FlowControl extends FlowControlTest {
        @Override
        String url() {
            return PostgresServer.freshDatabase();
        }
    }

    @Nested
    class Attempts extends AttemptTest {
        @Override
        String url() {
            return PostgresServer.freshDatabase();
        }
    }

    @Nested
    class Redrives extends RedriveTest {
        @Override
        String url() {
            return PostgresServer.freshDatabase();
        }
    }

    @Nested
    class FlowAfterCrashes extends FlowCrashTest {
        @Override
        String url() {
            return PostgresServer.freshDatabase();
        }
    }

    @Nested
    class BatchSteps extends BatchStepTest {
        @Override
        String url() {
            return PostgresServer.freshDatabase();
        }
    }

    @Nested
    class Messages extends MessageTest {
        @Override
        String url() {
            return PostgresServer.freshDatabase();
        }
    }

    @Nested
    class Clients extends ClientTest {
        @Override
        String url() {
            return PostgresServer.freshDatabase();
        }
    }

    @Nested
    class Hints extends HintTest {
        @Override
        String url() {
            return PostgresServer.freshDatabase();
        }
    }
}
