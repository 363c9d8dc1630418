package dev.dbosj;

import dev.dbosj.postgres.PooledProvider;
import dev.dbosj.postgres.PostgresServer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What users see is the same behind a pooler that forgets everything after each transaction, and on which nobody hears
 * anything: everything is found by looking. (Messages are tested without looking, as hints are.)
 */
@EnabledIfSystemProperty(named = "dbosj.seconds", matches = "\\d+", disabledReason = "the contract behind a pooler has to do")
class BehaviourBehindPoolerTest {
    @Nested
    class Workflows extends WorkflowTest {
        @Override
        String url() {
            return PooledProvider.url(PostgresServer.freshDatabase());
        }
    }

    @Nested
    class Recovery extends RecoveryTest {
        @Override
        String url() {
            return PooledProvider.url(PostgresServer.freshDatabase());
        }
    }

    @Nested
    class DeadLetters extends DeadLetterTest {
        @Override
        String url() {
            return PooledProvider.url(PostgresServer.freshDatabase());
        }
    }

    @Nested
    class Shutdown extends ShutdownTest {
        @Override
        String url() {
            return PooledProvider.url(PostgresServer.freshDatabase());
        }
    }

    @Nested
    class Events extends EventTest {
        @Override
        String url() {
            return PooledProvider.url(PostgresServer.freshDatabase());
        }
    }

    @Nested
    class Clients extends ClientTest {
        @Override
        String url() {
            return PooledProvider.url(PostgresServer.freshDatabase());
        }
    }
}
