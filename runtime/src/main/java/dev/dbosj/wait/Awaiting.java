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
    private final Set<Awaited> awaited;
    private final Bell bell;
    private final long looksBefore;
    private final Map<Awaited, Arrival> arrived = new ConcurrentHashMap<>();

    /** @param looksBefore how often the waiter had begun to look when this wait began */
    Awaiting(Waiter waiter, Set<Awaited> awaited, Bell bell, long looksBefore) {
        this.waiter = waiter;
        this.awaited = awaited;
        this.bell = bell;
        this.looksBefore = looksBefore;
    }

    Set<Awaited> awaited() {
        return awaited;
    }

    /** Whether it was there when that look began. What an earlier look has seen may be old. */
    boolean beganBefore(long look) {
        return looksBefore < look;
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
