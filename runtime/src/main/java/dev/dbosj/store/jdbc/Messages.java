package dev.dbosj.store.jdbc;

import static dev.dbosj.store.jdbc.Rows.millis;

import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.Outcome;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** The rows of notifications that one write transaction is about. Those of received messages stay, to know a repeat. */
final class Messages {
    private static final String DESTINATIONS = """
            select w.workflow_id, w.sequence
              from {each} {with} {schema}workflow_status w on w.workflow_id = wanted.value
            """;

    private static final String SEND = """
            insert into {schema}notifications (workflow_sequence, message_id, topic, message, created_at)
            values (?, ?, ?, ?, ?)
                on conflict (workflow_sequence, message_id) do nothing
            """;

    private static final String RECEIVE = """
            update {schema}notifications
               set message = null
             where workflow_sequence = ? and message_id = ? and message is not null
            """;

    private final Session session;
    private final WorkflowRows rows;
    private final Instant now;
    private final Map<String, Long> destinations = new HashMap<>();
    private final List<Object[]> sent = new ArrayList<>();

    Messages(Session session, WorkflowRows rows, Instant now) {
        this.session = session;
        this.rows = rows;
        this.now = now;
    }

    /** Reads to whom the batch sends. Their rows are not locked: they may be somebody else's, who must not wait. */
    void load(List<Command> batch) throws SQLException {
        var ids = new LinkedHashSet<String>();
        for (var command : batch) if (command.effect() instanceof Effect.Send send) ids.add(send.workflowId());
        if (!ids.isEmpty()) session.list(DESTINATIONS, row -> destinations.put(row.getString(1), row.getLong(2)), ids);
    }

    Outcome send(Effect.Send send) {
        var fresh = rows.find(send.workflowId());
        var destination = fresh == null ? destinations.get(send.workflowId()) : Long.valueOf(fresh.sequence);
        if (destination == null) return new Outcome.Refused(Outcome.Reason.NO_SUCH_WORKFLOW, send.workflowId());
        sent.add(new Object[] {destination, send.messageId(), send.topic(), send.message(), millis(now)});
        return Outcome.APPLIED;
    }

    Outcome receive(Effect.Receive receive, WorkflowRow owner) throws SQLException {
        boolean received = session.update(RECEIVE, owner.sequence, receive.messageId()) == 1;
        return received ? Outcome.APPLIED : new Outcome.Refused(Outcome.Reason.NO_SUCH_MESSAGE, receive.messageId());
    }

    /** Writes what was sent. */
    void flush() throws SQLException {
        session.updateEach(SEND, sent);
    }
}
