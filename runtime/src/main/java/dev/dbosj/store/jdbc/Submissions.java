package dev.dbosj.store.jdbc;

import static dev.dbosj.store.jdbc.Rows.millis;

import com.google.gson.Gson;
import dev.dbosj.store.Outcome;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What came from outside, by its number. A copy of a message that was lost may be carried out long after its repeat:
 * then it changes nothing more, and is answered as the repeat was.
 */
final class Submissions {
    /** A change that is to be made once. */
    @FunctionalInterface
    interface Submission {
        Outcome apply() throws SQLException;
    }

    private static final String ANSWERED = "select answer from {schema}submissions where nonce = ?";

    private static final String ANSWER =
            "insert into {schema}submissions (nonce, answer, created_at) values (?, ?, ?)";

    private static final String FORGET = "delete from {schema}submissions where created_at < ?";

    /** No copy comes later than that. */
    private static final Duration REMEMBERED = Duration.ofDays(1);

    private static final Gson GSON = new Gson();

    private final Session session;
    private final Instant now;

    Submissions(Session session, Instant now) {
        this.session = session;
        this.now = now;
    }

    /** Makes the change, unless it was made before. */
    Outcome once(long nonce, Submission submission) throws SQLException {
        var answered = session.first(ANSWERED, row -> row.getString(1), nonce);
        if (answered != null) return new Outcome.Applied(List.of(GSON.fromJson(answered, String[].class)));
        var outcome = submission.apply();
        if (outcome instanceof Outcome.Applied applied) {
            session.update(FORGET, millis(now.minus(REMEMBERED)));
            session.update(ANSWER, nonce, GSON.toJson(applied.ids()), millis(now));
        }
        return outcome;
    }
}
