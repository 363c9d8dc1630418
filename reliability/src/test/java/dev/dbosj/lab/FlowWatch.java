package dev.dbosj.lab;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Looks again and again at what only the database can tell of queues while they are worked on: all in one query. */
final class FlowWatch implements AutoCloseable {
    private static final String QUESTIONS = """
            select 'waiting', count(*)
              from workflow_status
             where queue_name = 'uploads' and status in ('ENQUEUED', 'DELAYED') and owner_epoch = 0
            union all
            select 'mail ' || substr(workflow_id, 1, 6), count(*)
              from workflow_status
             where queue_name = 'mails' and completed_at is null
             group by substr(workflow_id, 1, 6)
            union all
            select 'inside ' || workflow_id || ' of ' || executor_id || ' ' || owner_epoch, 1
              from workflow_status
             where queue_name = 'doors' and executor_id is not null
            """;

    private record Seen(String what, long number) {}

    private final Tables tables;
    private final Set<String> wrong = new TreeSet<>();
    private final Looks looks;
    private Set<String> inside;
    private long mostWaiting;
    private long mostActive;
    private int samples;

    FlowWatch(Tables tables) {
        this.tables = tables;
        looks = new Looks(this::look);
    }

    /** The doors were shut: who is inside now is the last. */
    synchronized void shut() {
        inside = inside(ask());
    }

    /** They are about to be opened. */
    synchronized void open() {
        inside = null;
    }

    synchronized boolean isShut() {
        return inside != null;
    }

    private List<Seen> ask() {
        return tables.list(QUESTIONS, row -> new Seen(row.getString(1), row.getLong(2)));
    }

    private static Set<String> inside(List<Seen> answers) {
        return answers.stream().map(Seen::what).filter(what -> what.startsWith("inside ")).collect(Collectors.toSet());
    }

    private synchronized void look() {
        var answers = ask();
        samples++;
        for (var seen : answers) {
            if (seen.what().equals("waiting")) mostWaiting = Math.max(mostWaiting, seen.number());
            if (seen.what().startsWith("mail ")) mostActive = Math.max(mostActive, seen.number());
        }
        if (inside == null) return;
        for (var workflow : inside(answers))
            if (!inside.contains(workflow)) wrong.add("claimed from a paused queue: " + workflow);
    }

    /** What must not be. */
    synchronized Set<String> wrong() {
        if (mostWaiting > FlowWork.ROOM)
            wrong.add("%d waited where there is room for %d".formatted(mostWaiting, FlowWork.ROOM));
        if (mostActive > 1) wrong.add("%d were active under one deduplication id".formatted(mostActive));
        return wrong;
    }

    synchronized long mostWaiting() {
        return mostWaiting;
    }

    synchronized int samples() {
        return samples;
    }

    @Override
    public void close() throws InterruptedException {
        looks.close();
    }
}
