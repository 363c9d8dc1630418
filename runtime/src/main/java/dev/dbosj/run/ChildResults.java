package dev.dbosj.run;

import dev.dbosj.store.Awaited;
import dev.dbosj.store.WorkflowResult;
import dev.dbosj.time.Bell;
import dev.dbosj.wait.Awaiting;
import dev.dbosj.wait.News;
import dev.dbosj.wait.Waiter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The results of other workflows that a run waits for: with one of them those of its other children, which it is likely to
 * ask for next. Belongs to the run's own thread.
 */
final class ChildResults {
    private static final int PREFETCHED = 256;
    private static final int REMEMBERED = 10_000;

    private final Waiter waiter;
    private final News news;
    private final Bell bell;
    private final Set<String> children = new LinkedHashSet<>();
    private Awaiting awaiting;

    /** @param bell rung when a result has come */
    ChildResults(Waiter waiter, News news, Bell bell) {
        this.waiter = waiter;
        this.news = news;
        this.bell = bell;
    }

    /** A child was started; its result is likely to be asked for. */
    void remember(String childId) {
        if (children.size() < REMEMBERED) children.add(childId);
    }

    /** Asks for a workflow's result, and for those of other children along with it. */
    void ask(String workflowId) {
        var wanted = new Awaited.Result(workflowId);
        if (awaiting != null && awaiting.covers(wanted) && !isOldNews(awaiting.result(workflowId))) {
            // Asked for along with others a while ago, it may have ended elsewhere since, and no hint tells of that.
            if (!news.isConnected() && awaiting.result(workflowId) == null) waiter.lookFor(wanted);
            return;
        }
        close();
        awaiting = waiter.await(withSiblings(wanted), bell);
    }

    /** A child may have been resumed since it was found cancelled or dead. */
    private static boolean isOldNews(WorkflowResult result) {
        return result != null && !result.isFinal();
    }

    private List<Awaited> withSiblings(Awaited.Result wanted) {
        var all = new ArrayList<Awaited>();
        all.add(wanted);
        for (var child : children) {
            if (all.size() == PREFETCHED) break;
            if (!child.equals(wanted.workflowId())) all.add(new Awaited.Result(child));
        }
        return all;
    }

    /** What has come of what was asked for last; null if it has not. */
    WorkflowResult get(String workflowId) {
        return awaiting.result(workflowId);
    }

    /** Its result is not asked for again soon. */
    void forget(String childId) {
        children.remove(childId);
    }

    /** Waits for nothing any more. */
    void close() {
        if (awaiting != null) awaiting.close();
    }
}
