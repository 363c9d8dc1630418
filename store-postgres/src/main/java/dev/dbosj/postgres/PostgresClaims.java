package dev.dbosj.postgres;

import dev.dbosj.store.ClaimRequest;
import dev.dbosj.store.ClaimedWorkflow;
import dev.dbosj.store.Owner;
import dev.dbosj.store.jdbc.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;

/** Claims by one call of a function, which also finds out whether there is anything to claim. */
final class PostgresClaims {
    private record Claimed(long turn, ClaimedWorkflow workflow) {}

    private static final String CLAIM =
            "select * from dbosj.claim_workflows(?, ?::text[], ?::integer[], ?::text[], ?, ?::bigint)";

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
                PostgresQueries.READ_BYTES);
        return claimed.stream().sorted(Comparator.comparingLong(Claimed::turn)).map(Claimed::workflow).toList();
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
