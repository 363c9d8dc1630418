package dev.dbosj.postgres;

import static dev.dbosj.postgres.PostgresErrors.LOST_ANSWER;

import dev.dbosj.store.ClaimRequest;
import dev.dbosj.store.ClaimedWorkflow;
import dev.dbosj.store.Owner;
import dev.dbosj.store.jdbc.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Claims by one call of a function, which also finds out whether there is anything to claim. Its answer is short enough
 * to be on its way as a whole before anybody reads it: long inputs are read afterwards, when nothing is locked any more.
 */
final class PostgresClaims {
    private record Claimed(long turn, ClaimedWorkflow workflow) {}

    private static final int SENT_BYTES = 1 << 16;

    private static final String CLAIM =
            "select * from dbosj.claim_workflows(?, ?::text[], ?::integer[], ?::text[], ?, ?::bigint, ?::bigint)";

    private static final String INPUTS = "select * from dbosj.read_inputs(?::text[])";

    private PostgresClaims() {}

    static List<ClaimedWorkflow> claim(Session session, ClaimRequest request) throws SQLException {
        if (request.slots().isEmpty() || request.names().isEmpty()) return List.of();
        var claimed = session.list(
                CLAIM,
                PostgresClaims::claimed,
                request.executorId(),
                request.slots().keySet(),
                request.slots().values(),
                request.names(),
                request.inAll(),
                PostgresQueries.READ_BYTES,
                SENT_BYTES);
        var workflows = claimed.stream().sorted(Comparator.comparingLong(Claimed::turn)).map(Claimed::workflow).toList();
        return withInputs(session, workflows);
    }

    private static List<ClaimedWorkflow> withInputs(Session session, List<ClaimedWorkflow> claimed) throws SQLException {
        var unread = claimed.stream().filter(it -> it.input() == null).map(it -> it.owner().workflowId()).toList();
        if (unread.isEmpty()) return claimed;
        var inputs = new HashMap<String, String>();
        try {
            session.list(INPUTS, row -> inputs.put(row.getString(1), row.getString(2)), unread);
        } catch (SQLException failure) {
            // They are claimed: that is as if the answer were lost.
            throw new SQLException("what was claimed could not be read: " + failure.getMessage(), LOST_ANSWER, failure);
        }
        return claimed.stream().map(it -> it.input() == null ? withInput(it, inputs) : it).toList();
    }

    private static ClaimedWorkflow withInput(ClaimedWorkflow claimed, Map<String, String> inputs) {
        var input = inputs.get(claimed.owner().workflowId());
        return new ClaimedWorkflow(
                claimed.owner(), claimed.uid(), claimed.name(), claimed.queueName(), input, claimed.attempts(), claimed.hasHistory());
    }

    private static Claimed claimed(ResultSet row) throws SQLException {
        long epoch = row.getLong(3);
        boolean claimedBefore = epoch > 1; // or left by an executor that had died unnoticed: nothing is recorded then
        return new Claimed(row.getLong(1), new ClaimedWorkflow(
                new Owner(row.getString(2), epoch),
                row.getLong(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getInt(8),
                claimedBefore));
    }
}
