package dev.dbosj.wait;

import dev.dbosj.store.Arrival;
import dev.dbosj.store.Awaited;
import dev.dbosj.store.WorkflowEvent;
import dev.dbosj.store.WorkflowMessage;
import dev.dbosj.store.WorkflowResult;
import dev.dbosj.time.Bell;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Somebody's wait for results, events and messages; to be closed when over. */
public final class Awaiting implements AutoCloseable {
    private final Waiter waiter;
    private final long number;
    private final Set<Awaited> awaited;
    private final Bell bell;
    private final Map<Awaited, Arrival> arrived = new ConcurrentHashMap<>();

    /** @param number waits that begin later have higher ones */
    Awaiting(Waiter waiter, long number, Set<Awaited> awaited, Bell bell) {
        this.waiter = waiter;
        this.number = number;
        this.awaited = awaited;
        this.bell = bell;
    }

    long number() {
        return number;
    }

    Set<Awaited> awaited() {
        return awaited;
    }

    void arrived(Arrival arrival) {
        arrived.put(arrival.answers(), arrival);
        bell.ring();
    }

    void ring() {
        bell.ring();
    }

    /** Whether this wait is for that, among others. */
    public boolean covers(Awaited one) {
        return awaited.contains(one);
    }

    /** The workflow's result if it has come, otherwise null. */
    public WorkflowResult result(String workflowId) {
        return (WorkflowResult) arrived.get(new Awaited.Result(workflowId));
    }

    /** The event if it has come, otherwise null. */
    public WorkflowEvent event(String workflowId, String key) {
        return (WorkflowEvent) arrived.get(new Awaited.Event(workflowId, key));
    }

    /** The message if one has come, otherwise null. */
    public WorkflowMessage message(Awaited.Message awaited) {
        return (WorkflowMessage) arrived.get(awaited);
    }

    @Override
    public void close() {
        waiter.forget(this);
    }
}
