package dev.dbosj.postgres;

import static dev.dbosj.postgres.PostgresErrors.LOST_ANSWER;

import dev.dbosj.store.Claim;
import dev.dbosj.store.ClaimRequest;
import dev.dbosj.store.ClaimedWorkflow;
import dev.dbosj.store.Owner;
import dev.dbosj.store.jdbc.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Claims by one call of a function, which also finds out whether there is anything to claim. Its answer is short enough
 * to be on its way as a whole before anybody reads it: long inputs are read afterwards, when nothing is locked any more.
 */
final class PostgresClaims {
    /** @param workflow null in the row that says when to come again */
    private record Claimed(long turn, ClaimedWorkflow workflow, long pause) {}

    private static final int SENT_BYTES = 1 << 16;

    private static final String CLAIM = """
            select *
              from dbosj.claim_workflows_v4(
                   ?, ?::text[], ?::integer[], ?::text[], ?::text[], ?, ?::bigint, ?::bigint)
            """;

    private static final String INPUTS = "select * from dbosj.read_inputs(?::text[])";

    private PostgresClaims() {}

    static Claim claim(Session session, ClaimRequest request) throws SQLException {
        if (request.slots().isEmpty() || request.names().isEmpty()) return Claim.NOTHING;
        var after = request.slots().keySet().stream().map(queue -> request.after().getOrDefault(queue, "")).toList();
        var rows = session.list(
                CLAIM,
                PostgresClaims::claimed,
                request.executorId(),
                request.slots().keySet(),
                request.slots().values(),
                after,
                request.names(),
                request.inAll(),
                PostgresQueries.READ_BYTES,
                SENT_BYTES);
        Duration again = null;
        var claimed = new ArrayList<Claimed>(rows.size());
        for (var row : rows) {
            if (row.workflow() == null) again = Duration.ofMillis(row.pause());
            else claimed.add(row);
        }
        claimed.sort(Comparator.comparingLong(Claimed::turn));
        return new Claim(withInputs(session, claimed.stream().map(Claimed::workflow).toList()), again);
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
                claimed.owner(), claimed.uid(), claimed.name(), claimed.queueName(), claimed.partitionKey(), input,
                claimed.attempts(), claimed.hasHistory());
    }

    private static Claimed claimed(ResultSet row) throws SQLException {
        long turn = row.getLong(1);
        if (turn == 0) return new Claimed(turn, null, row.getLong(4));
        long epoch = row.getLong(3);
        boolean claimedBefore = epoch > 1; // or left by an executor that had died unnoticed: nothing is recorded then
        var workflow = new ClaimedWorkflow(
                new Owner(row.getString(2), epoch),
                row.getLong(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                row.getInt(9),
                claimedBefore);
        return new Claimed(turn, workflow, 0);
    }
}
