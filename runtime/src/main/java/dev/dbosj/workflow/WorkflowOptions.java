package dev.dbosj.workflow;

import java.util.Objects;

/**
 * How a workflow is to be started. Immutable.
 *
 * @param id the workflow id and idempotency key, 1 to 255 characters, or null for a generated one. Starting an id that
 *     exists joins the existing run. {@code enqueueAll} appends {@code -0}, {@code -1}, … to it.
 */
public record WorkflowOptions(String id) {
    private static final WorkflowOptions DEFAULTS = new WorkflowOptions(null);

    /** The longest workflow id, name, queue name and step name, in characters. */
    public static final int MAX_NAME_LENGTH = 255;

    public WorkflowOptions {
        if (id != null) requireName("workflow id", id);
    }

    /** A generated id. */
    public static WorkflowOptions defaults() {
        return DEFAULTS;
    }

    /** The given id. @throws IllegalArgumentException if it is blank or longer than 255 characters */
    public static WorkflowOptions id(String id) {
        return new WorkflowOptions(Objects.requireNonNull(id, "workflow id must not be null: leave the option out to have one generated"));
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
        if (value.indexOf(0) >= 0 || value.codePoints().anyMatch(c -> c >= 0xD800 && c <= 0xDFFF))
            throw new IllegalArgumentException(what + " holds a NUL character or half of a surrogate pair, which cannot be stored");
        return value;
    }
}
