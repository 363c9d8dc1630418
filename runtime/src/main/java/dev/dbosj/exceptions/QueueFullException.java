package dev.dbosj.exceptions;

import java.time.Duration;

/** A workflow was not accepted: as many wait on its queue as may. */
public final class QueueFullException extends DBOSException {
    private static final long serialVersionUID = 1L;

    private final long depth;
    private final Duration suggestedWait;

    /**
     * @param depth how many workflows waited then
     * @param suggestedWait after which time there may be room
     */
    public QueueFullException(String message, long depth, Duration suggestedWait) {
        super(message);
        this.depth = depth;
        this.suggestedWait = suggestedWait;
    }

    /** How many workflows waited then. */
    public long depth() {
        return depth;
    }

    /** After which time there may be room, as fast as the queue goes; a second if that is not known. */
    public Duration suggestedWait() {
        return suggestedWait;
    }
}
