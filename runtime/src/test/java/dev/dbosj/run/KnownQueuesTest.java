package dev.dbosj.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.memory.MemorySystemDatabase;
import dev.dbosj.time.Seams;
import dev.dbosj.time.Time;
import dev.dbosj.workflow.WorkflowQueue;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class KnownQueuesTest {
    private final SystemDatabase database = new MemorySystemDatabase(Time.system());
    private final CountDownLatch read = new CountDownLatch(1);
    private final CountDownLatch answered = new CountDownLatch(1);

    /** Whose first answer to a look at the queues comes late. */
    private SystemDatabase slow() {
        return (SystemDatabase) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {SystemDatabase.class}, (proxy, method, arguments) -> {
                    var answer = method.invoke(database, arguments);
                    if (method.getName().equals("queues") && read.getCount() > 0) {
                        read.countDown();
                        answered.await();
                    }
                    return answer;
                });
    }

    @Test
    void whileTheDatabaseIsAwayWhatIsKnownHolds() {
        var away = (SystemDatabase) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {SystemDatabase.class}, (proxy, method, arguments) -> {
                    throw new SystemDatabaseException(SystemDatabaseException.Kind.UNAVAILABLE, "it is away");
                });

        assertThatCode(() -> new KnownQueues(away, Seams.system()).requireOpen("queue")).doesNotThrowAnyException();
    }

    @Test
    void aReadThatTookLongDoesNotUndoWhatALaterOneHasBrought() throws Exception {
        var queues = new KnownQueues(slow(), Seams.system());
        var poller = Thread.ofPlatform().start(queues::follow);
        read.await();
        database.apply(List.of(new Command(null, null, new Effect.Define(1, WorkflowQueue.named("new")))));
        queues.require("new");
        answered.countDown();
        poller.join();

        assertThatCode(() -> queues.require("new")).doesNotThrowAnyException();
        assertThat(queues.all()).extracting(WorkflowQueue::name).containsExactly("new");
    }
}
