package dev.dbosj.wait;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.SystemDatabaseException.Kind;
import dev.dbosj.store.Awaited;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.WorkflowResult;
import dev.dbosj.time.Bell;
import dev.dbosj.time.Time;
import dev.dbosj.workflow.WorkflowState;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class WaiterTest {
    private final AtomicInteger looks = new AtomicInteger();
    private final Waiter waiter = new Waiter(slowAtFirst(), Duration.ofMillis(50), Time.system());

    /** The first look is hinted at meanwhile, takes half a second, and comes to nothing. */
    private SystemDatabase slowAtFirst() {
        return (SystemDatabase) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {SystemDatabase.class}, (proxy, method, arguments) -> {
                    if (looks.getAndIncrement() > 0) return List.of(new WorkflowResult("w", WorkflowState.SUCCESS, "1", null));
                    waiter().hint();
                    Thread.sleep(500);
                    throw new SystemDatabaseException(Kind.UNAVAILABLE, "away");
                });
    }

    private Waiter waiter() {
        return waiter;
    }

    @Test
    void aSlowLookMakesHintsRestButNotThePoll() {
        var bell = new Bell(Time.system());
        waiter.hint();
        try (var awaiting = waiter.await(List.of(new Awaited.Result("w")), bell)) {
            long began = System.nanoTime();
            var loop = Thread.ofPlatform().daemon().start(waiter::run);
            while (awaiting.result("w") == null) bell.await();

            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
            waiter.stop();
            assertThat(join(loop)).isTrue();
        }
    }

    private static boolean join(Thread thread) {
        try {
            return thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException interrupt) {
            throw new IllegalStateException(interrupt);
        }
    }
}
