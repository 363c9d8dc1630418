package dev.dbosj.simulation;

import com.google.gson.JsonParser;
import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.Effect;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Knows what was sent to whom. Every text is sent once, so that it tells what came twice. */
final class MessageWitness {
    /** All that was ever sent to one workflow. */
    private static final class Mailbox {
        private final Map<String, Effect.Send> accepted = new HashMap<>();
        private final Set<String> texts = new HashSet<>();
        private final Map<String, Deque<String>> unread = new HashMap<>();
        private final Map<String, Integer> receipts = new HashMap<>();

        private Deque<String> unread(String topic) {
            return unread.computeIfAbsent(topic, name -> new ArrayDeque<>());
        }
    }

    private final Map<String, Mailbox> mailboxes = new HashMap<>();
    private final Tally tally;
    private final Consumer<String> breach;

    MessageWitness(Tally tally, Consumer<String> breach) {
        this.tally = tally;
        this.breach = breach;
    }

    private Mailbox mailbox(String workflowId) {
        return mailboxes.computeIfAbsent(workflowId, id -> new Mailbox());
    }

    /** A message was accepted, or had been before. */
    void sent(Effect.Send send) {
        var mailbox = mailbox(send.workflowId());
        if (mailbox.accepted.putIfAbsent(send.messageId(), send) != null) {
            tally.count("repeated message");
            return;
        }
        if (!mailbox.texts.add(send.message())) fail("%s was sent to %s twice", send.message(), send.workflowId());
        mailbox.unread(send.topic()).add(send.messageId());
    }

    /** A run has received a message, or had before. */
    void received(String workflowId, Checkpoint receipt, String messageId) {
        var mailbox = mailbox(workflowId);
        var message = mailbox.accepted.get(messageId);
        if (message == null) {
            fail("%s received %s, which nobody sent", workflowId, messageId);
            return;
        }
        Integer before = mailbox.receipts.putIfAbsent(messageId, receipt.step());
        if (before != null) {
            if (before != receipt.step())
                fail("%s received %s in steps %d and %d", workflowId, message, before, receipt.step());
            return;
        }
        var oldest = mailbox.unread(message.topic()).poll();
        if (!messageId.equals(oldest)) fail("%s received %s before %s", workflowId, messageId, oldest);
        var recorded = JsonParser.parseString(receipt.output()).getAsJsonObject().get("message");
        if (!recorded.equals(JsonParser.parseString(message.message())))
            fail("%s recorded %s as %s", workflowId, message, recorded);
    }

    /** A call outside of any workflow has acknowledged the message. */
    void acknowledged(String workflowId, String json) {
        boolean accepted = mailbox(workflowId).texts.contains(json);
        if (!accepted) fail("%s was acknowledged, and never came to %s", json, workflowId);
    }

    private void fail(String what, Object... values) {
        breach.accept("messages: " + what.formatted(values));
    }
}
