package dev.dbosj.workflow;

import java.util.Objects;

/**
 * How a workflow is to be started. Immutable.
 *
 * @param id the workflow id and idempotency key, 1 to 255 characters, or null for a generated one. Starting an id that
 *     exists joins the existing run. {@code enqueueAll} appends {@code -0}, {@code -1}, … to it.
 * @param priority lower ones of a queue are claimed first, equal ones in the order of their acceptance; 0 (the default)
 *     to 2,147,483,647. A workflow that is started directly waits for nobody and needs none.
 */
public record WorkflowOptions(String id, int priority) {
    private static final WorkflowOptions DEFAULTS = new WorkflowOptions(null, 0);

    /** The longest workflow id, name, queue name and step name, in characters. */
    public static final int MAX_NAME_LENGTH = 255;

    public WorkflowOptions {
        if (id != null) requireName("workflow id", id);
        if (priority < 0) throw new IllegalArgumentException("priority " + priority + " is outside 0.." + Integer.MAX_VALUE);
    }

    /** A generated id. */
    public static WorkflowOptions defaults() {
        return DEFAULTS;
    }

    /** The given id. @throws IllegalArgumentException if it is blank or longer than 255 characters */
    public static WorkflowOptions id(String id) {
        Objects.requireNonNull(id, "workflow id must not be null: leave the option out to have one generated");
        return new WorkflowOptions(id, DEFAULTS.priority);
    }

    /** The same with another priority. @throws IllegalArgumentException if it is negative */
    public WorkflowOptions priority(int priority) {
        return new WorkflowOptions(id, priority);
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
