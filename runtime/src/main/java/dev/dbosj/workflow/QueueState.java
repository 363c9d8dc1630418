package dev.dbosj.workflow;

/** Whether a queue takes and gives. It is no part of the queue's definition, and survives a new one. */
public enum QueueState {
    /** It takes and gives: the ordinary state. */
    ACTIVE,
    /** It takes workflows, and none of them is started; what runs goes on. */
    PAUSED,
    /** It takes no workflow more, and gives until it is empty. */
    DRAINING
}
