package dev.dbosj.examples.agent;

import java.util.List;

/** What answers, or asks for tools. Thread-safe. */
interface Model {
    /** A conversation goes on with the model that has begun it. */
    String name();

    /**
     * The next message of a conversation.
     *
     * @throws ModelBusyException if asking again may help
     * @throws ModelException if it will not
     */
    Message reply(List<Message> conversation) throws ModelException;
}
