package dev.dbosj.workflow;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * How a workflow is to be started. Immutable.
 *
 * @param id the workflow id and idempotency key, 1 to 255 characters, or null for a generated one. Starting an id that
 *     exists joins the existing run. {@code enqueueAll} appends {@code -0}, {@code -1}, … to it.
 * @param priority lower ones of a queue are claimed first, equal ones in the order of their acceptance; 0 (the default)
 *     to 2,147,483,647. A workflow that is started directly waits for nobody and needs none.
 * @param partitionKey the sub-queue in which it stands, 1 to 255 characters; null (the default) for none. Partitions take
 *     turns, and each has its {@linkplain WorkflowQueue#partitionLimits() limits}.
 * @param delay how long it waits before it may be started, by the database's clock; null (the default) for no time. It
 *     is DELAYED until then. At most 3,660 days.
 * @param startAt when it may be started, by the database's clock; null (the default) for at once, and so is a time that
 *     has passed. It is DELAYED until then.
 * @param deduplication the key under which it is the only active one of its queue; null (the default) for none
 * @param debounce the key under which further calls put its start off; null (the default) for none
 */
public record WorkflowOptions(
        String id,
        int priority,
        String partitionKey,
        Duration delay,
        Instant startAt,
        Deduplication deduplication,
        Debounce debounce) {
    private static final WorkflowOptions DEFAULTS = new WorkflowOptions(null, 0, null, null, null, null, null);
    private static final Duration LONGEST_DELAY = Duration.ofDays(3660);

    /** The longest workflow id, name, queue name and step name, in characters. */
    public static final int MAX_NAME_LENGTH = 255;

    public WorkflowOptions {
        if (id != null) requireName("workflow id", id);
        if (priority < 0) throw new IllegalArgumentException("priority " + priority + " is outside 0.." + Integer.MAX_VALUE);
        if (partitionKey != null) requireName("partition key", partitionKey);
        if (delay != null) requireDelay("delay", delay);
        if (startAt != null) startAt.toEpochMilli(); // throws if it is beyond what can be stored
        if ((delay == null ? 0 : 1) + (startAt == null ? 0 : 1) + (debounce == null ? 0 : 1) > 1)
            throw new IllegalArgumentException("delay, startAt and debounce each say when it starts: choose one");
        if (deduplication != null && debounce != null)
            throw new IllegalArgumentException("deduplicationId and debounce are two ways to treat a second call: choose one");
        if (id != null && debounce != null)
            throw new IllegalArgumentException("several calls share a debounced workflow: it has a generated id");
    }

    static void requireDelay(String what, Duration delay) {
        if (delay == null || delay.isNegative() || delay.compareTo(LONGEST_DELAY) > 0)
            throw new IllegalArgumentException("%s %s is outside 0..%s".formatted(what, delay, LONGEST_DELAY));
    }

    /** A generated id. */
    public static WorkflowOptions defaults() {
        return DEFAULTS;
    }

    /** The given id. @throws IllegalArgumentException if it is blank or longer than 255 characters */
    public static WorkflowOptions id(String id) {
        Objects.requireNonNull(id, "workflow id must not be null: leave the option out to have one generated");
        return DEFAULTS.withId(id);
    }

    /** The same with another priority. @throws IllegalArgumentException if it is negative */
    public WorkflowOptions priority(int priority) {
        return new WorkflowOptions(id, priority, partitionKey, delay, startAt, deduplication, debounce);
    }

    /** The same in a partition. @throws IllegalArgumentException if the key is blank or longer than 255 characters */
    public WorkflowOptions partitionKey(String partitionKey) {
        return new WorkflowOptions(id, priority, partitionKey, delay, startAt, deduplication, debounce);
    }

    /** The same, but later. @throws IllegalArgumentException if it is negative or longer than ten years */
    public WorkflowOptions delay(Duration delay) {
        return new WorkflowOptions(id, priority, partitionKey, delay, startAt, deduplication, debounce);
    }

    /** The same, to be started at a time. @throws IllegalArgumentException if it cannot be stored */
    public WorkflowOptions startAt(Instant startAt) {
        return new WorkflowOptions(id, priority, partitionKey, delay, startAt, deduplication, debounce);
    }

    /** The same, refused while another workflow of its queue is active under that key. */
    public WorkflowOptions deduplicationId(String deduplicationId) {
        return deduplicationId(deduplicationId, Deduplication.Policy.REJECT);
    }

    /** The same, not started while another workflow of its queue is active under that key. */
    public WorkflowOptions deduplicationId(String deduplicationId, Deduplication.Policy policy) {
        var deduplication = new Deduplication(deduplicationId, policy);
        return new WorkflowOptions(id, priority, partitionKey, delay, startAt, deduplication, debounce);
    }

    /** The same, one for all calls under that key: see {@link Debounce}. */
    public WorkflowOptions debounce(String key, Duration period, Duration atMost) {
        var debounce = new Debounce(key, period, atMost);
        return new WorkflowOptions(id, priority, partitionKey, delay, startAt, deduplication, debounce);
    }

    /** The same with another id. */
    public WorkflowOptions withId(String id) {
        return new WorkflowOptions(id, priority, partitionKey, delay, startAt, deduplication, debounce);
    }

    /**
     * Refuses what cannot be stored as an id or a name.
     *
     * @return the value itself
     * @throws IllegalArgumentException if it is null, blank, longer than 255 characters, or holds a NUL or half a surrogate pair
     */
    public static String requireName(String what, String value) {
        if (value == null) throw new IllegalArgumentException(what + " must not be null");
        if (value.isBlank()) throw new IllegalArgumentException(what + " must not be blank");
        if (value.length() > MAX_NAME_LENGTH)
            throw new IllegalArgumentException("%s has %d characters, %d are allowed: '%s…'"
                    .formatted(what, value.length(), MAX_NAME_LENGTH, value.substring(0, 40)));
        refuseUnstorable(what, value);
        return value;
    }

    static void refuseUnstorable(String what, String value) {
        if (value.indexOf(0) >= 0 || value.codePoints().anyMatch(c -> c >= 0xD800 && c <= 0xDFFF))
            throw new IllegalArgumentException(what + " holds a NUL character or half of a surrogate pair, which cannot be stored");
    }
}
