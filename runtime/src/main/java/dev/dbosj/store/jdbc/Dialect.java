package dev.dbosj.store.jdbc;

import dev.dbosj.workflow.WorkflowState;
import java.util.Collection;
import java.util.List;

/**
 * Where two databases differ in the statements that their stores share. A shared statement leaves places for that:
 *
 * <ul>
 *   <li><code>{schema}</code> before the name of a table
 *   <li><code>{each}</code>, a source of rows {@code wanted} with one column {@code value}: the strings of the collection
 *       that is bound there; to be joined by <code>{with}</code>, so that it is gone through row by row
 *   <li><code>{lock}</code> at the end of a query of workflow rows {@code w}, which nobody else may change until the
 *       commit
 *   <li><code>{lock_depth}</code> at the end of a query of rows {@code d} of queue_depths, likewise
 *   <li><code>{sequences}</code>, a whole query: as many new numbers of workflow rows as is bound
 *   <li><code>{owned}</code>, a source of the rows {@code w} of the executor that is bound there
 *   <li><code>{ready}</code>, a source of all ENQUEUED workflows with their sequence, queue_name, name, and since when
 *       they are; <code>{delayed}</code>, those with their sequence, queue_name and wake_at; <code>{held}</code>, all with
 *       an owner with their queue_name; <code>{dead}</code>, all dead letters with theirs
 *   <li><code>{running}</code>, a source of all PENDING workflows; <code>{stopped}</code>, of all that have ended, but
 *       those that have succeeded, with their status
 *   <li><code>{by_owner}</code>, a condition: the executor that is bound there owns the workflow
 *   <li><code>{known}</code>, a whole query: the workflow names that executors know
 * </ul>
 */
public interface Dialect {
    /** The statement as this database understands it. */
    String render(String sql);

    /**
     * A source of rows of workflow_status. All that are in one of these states are among them, each once; few others
     * are, where the database can say so.
     *
     * @param newestFirst in which order they are to be had with the least effort
     */
    String among(List<WorkflowState> states, boolean newestFirst);

    /** A collection as one value. */
    Object bind(Collection<?> values);
}
