package dev.dbosj.lab;

import dev.dbosj.lab.Entry.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Compares what really happened (the ledger) with what is promised. It looks at the database too whenever it is told
 * to, because a step whose outcome is on disk must never begin again, even if nothing behind it has begun.
 */
final class Auditor {
    /**
     * What was found.
     *
     * @param steps how many different steps have ended, well or not
     * @param lost what was accepted and did not come to its end
     * @param repeated completed steps that began again
     * @param wrong everything else that must not be
     * @param begunAgain how often a step that had not completed began again
     * @param atTheDoor how often a process that had been stopped began a step right when it went on: it had looked at
     *     its lease before
     * @param mostAtOnce the most steps of the queue that one process was in at once
     * @param mostInAll the most steps of the queue that all processes together were in at once
     */
    record Findings(
            int steps,
            List<String> lost,
            List<String> repeated,
            List<String> wrong,
            int begunAgain,
            int atTheDoor,
            int mostAtOnce,
            int mostInAll) {
        List<String> all() {
            var all = new ArrayList<>(lost);
            all.addAll(repeated);
            all.addAll(wrong);
            return all;
        }
    }

    private record Begun(Entry entry, int line) {}

    private record StepAtProcess(String step, long pid) {}

    /**
     * How long a thread that may begin a step takes at the most until it has, on a busy machine. If its process is
     * stopped in between, nobody can keep it.
     */
    private static final Duration THROUGH_THE_DOOR = Duration.ofSeconds(1);

    private final String queue;
    private final int concurrency;

    /** For each step how many lines the ledger had when its outcome was seen in the database. */
    private final Map<String, Integer> recordedAt = new HashMap<>();

    /** For each step who began it last, and at which line. */
    private final Map<String, Begun> lastBegin = new HashMap<>();

    /** For each process the line of its last fault. While that lasts, or may come at any time, no line is after it. */
    private final Map<Long, Integer> lastFault = new HashMap<>();

    /** For each process that has been stopped when it went on. */
    private final Map<Long, Long> continuedAt = new HashMap<>();

    private final Map<String, String> given = new HashMap<>();
    private final Map<String, Integer> furthest = new HashMap<>();
    private final Map<StepAtProcess, Integer> failedAttempts = new HashMap<>();
    private final Set<String> ended = new HashSet<>();

    /** Of each workflow how many failed attempts are recorded: after each of them a step may begin again. */
    private final Map<String, Integer> furtherAttempts = new HashMap<>();

    /** In which state it is to end. */
    private final Map<String, String> accepted = new TreeMap<>();
    private final Set<Long> dead = new HashSet<>();
    private final Map<Long, Set<String>> open = new HashMap<>();
    private final List<String> lost = new ArrayList<>();
    private final List<String> repeated = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();
    private int begunAgain;
    private int atTheDoor;
    private int mostAtOnce;
    private int mostInAll;

    /** @param concurrency how many workflows of the queue one process may run at once */
    Auditor(String queue, int concurrency) {
        this.queue = queue;
        this.concurrency = concurrency;
    }

    /** Remembers what is recorded by now. The ledger is read after the database, so the rest of it came later. */
    void look(Tables tables, Ledger ledger) {
        // What has failed is forgotten again where a queue grants another attempt.
        var recorded = recordedSteps(tables, """
                and (o.error is null or w.queue_name not in (select name from queues where retry_policy is not null))
                """);
        int lines = ledger.read().size();
        for (var step : recorded) recordedAt.putIfAbsent(step, lines);
    }

    private static List<String> recordedSteps(Tables tables, String which) {
        return tables.texts("""
                select w.workflow_id || ':' || o.step
                  from operation_outputs o join workflow_status w on w.sequence = o.workflow_sequence
                 where o.name not like 'DBOS.%' and o.child_id is null
                """ + which);
    }

    /** Judges the whole ledger, when everything has come to its end. Once. */
    Findings audit(Tables tables, Ledger ledger) {
        var queued = new HashSet<>(
                tables.texts("select workflow_id from workflow_status where queue_name = '" + queue + "'"));
        tables.texts("""
                select w.workflow_id
                  from workflow_attempts a join workflow_status w on w.sequence = a.workflow_sequence
                """).forEach(failed -> furtherAttempts.merge(failed, 1, Integer::sum));
        var entries = ledger.read();
        for (int line = 0; line < entries.size(); line++) judge(entries.get(line), line, queued);
        judgeEnd(tables);
        return new Findings(ended.size(), lost, repeated, wrong, begunAgain, atTheDoor, mostAtOnce, mostInAll);
    }

    private void judge(Entry entry, int line, Set<String> queued) {
        if (entry.kind() != Kind.FAULT && dead.contains(entry.pid()))
            wrong.add("a process wrote after its end: " + entry);
        switch (entry.kind()) {
            case ACCEPTED -> accepted.put(entry.workflowId(), entry.detail().isEmpty() ? "SUCCESS" : entry.detail());
            case BEGIN -> begin(entry, line, queued);
            case END -> {
                ended.add(entry.key());
                close(entry);
            }
            case FAIL -> {
                failedAttempts.put(new StepAtProcess(entry.key(), entry.pid()), entry.attempt());
                ended.add(entry.key());
                close(entry);
            }
            case INTERRUPTED -> close(entry);
            case FAULT -> {
                dead.add(entry.pid());
                lastFault.put(entry.pid(), line);
                open.remove(entry.pid());
            }
            case DOOMED -> {
                lastFault.put(entry.pid(), Integer.MAX_VALUE);
                open.remove(entry.pid());
            }
            case STOPPED -> lastFault.put(entry.pid(), Integer.MAX_VALUE);
            case CONTINUED -> {
                lastFault.put(entry.pid(), line);
                continuedAt.put(entry.pid(), entry.at());
            }
            case CLAIMED, HELD, LEFT, ANSWER, DUE, CURED -> {}
        }
    }

    private void begin(Entry begin, int line, Set<String> queued) {
        var before = lastBegin.get(begin.key());
        var repeat = whyRepeated(begin, line);
        boolean again = begin.attempt() == 1 && before != null;
        if ((repeat != null || again && !isInterrupted(before)) && stoodAtTheDoor(begin)) {
            atTheDoor++;
            return;
        }
        if (repeat != null) repeated.add(repeat + begin);
        furthest.merge(begin.workflowId(), begin.step(), Math::max);

        lastBegin.put(begin.key(), new Begun(begin, line));
        if (again) judgeRepeat(before, begin);
        else if (attemptsFailed(begin.key(), begin.pid()) != begin.attempt() - 1)
            wrong.add("an attempt without a failed one before it: " + begin);

        var first = given.putIfAbsent(begin.key(), begin.detail());
        if (first != null && !first.equals(begin.detail()))
            wrong.add("was given '%s' before: %s".formatted(first, begin));
        if (queued.contains(begin.workflowId()) && !isInFault(begin.pid())) open(begin);
    }

    private String whyRepeated(Entry begin, int line) {
        if (begin.step() < furthest.getOrDefault(begin.workflowId(), -1)) return "a later step had begun: ";
        return recordedAt.getOrDefault(begin.key(), Integer.MAX_VALUE) <= line ? "its outcome was recorded: " : null;
    }

    private boolean stoodAtTheDoor(Entry begin) {
        var continued = continuedAt.get(begin.pid());
        // Who was stopped between its look at the clock and its line in the ledger seems to have begun before.
        return continued != null && begin.at() - continued < THROUGH_THE_DOOR.toNanos();
    }

    /** Whether its process had a fault since. */
    private boolean isInterrupted(Begun begun) {
        return lastFault.getOrDefault(begun.entry().pid(), -1) > begun.line() || stoodAtTheDoor(begun.entry());
    }

    private boolean isInFault(long pid) {
        return lastFault.getOrDefault(pid, 0) == Integer.MAX_VALUE;
    }

    private void judgeRepeat(Begun before, Entry begin) {
        // One that has failed is tried again anyhow; after a fault its attempts are counted anew.
        boolean failed = attemptsFailed(begin.key(), before.entry().pid()) == before.entry().attempt();
        if (!isInterrupted(before) && isGranted(begin.workflowId())) return;
        if (!failed) begunAgain++;
        if (!isInterrupted(before)) wrong.add("began again without a fault: " + begin + " after " + before.entry());
    }

    /** Whether a failed attempt is left for which nothing has begun again yet. */
    private boolean isGranted(String workflow) {
        return furtherAttempts.merge(workflow, -1, Integer::sum) >= 0;
    }

    private int attemptsFailed(String step, long pid) {
        return failedAttempts.getOrDefault(new StepAtProcess(step, pid), 0);
    }

    private void open(Entry begin) {
        var steps = open.computeIfAbsent(begin.pid(), pid -> new HashSet<>());
        steps.add(begin.key());
        mostAtOnce = Math.max(mostAtOnce, steps.size());
        mostInAll = Math.max(mostInAll, open.values().stream().mapToInt(Set::size).sum());
        if (steps.size() > concurrency)
            wrong.add("more than %d of queue %s at once: %s".formatted(concurrency, queue, begin));
    }

    private void close(Entry entry) {
        open.getOrDefault(entry.pid(), new HashSet<>()).remove(entry.key());
    }

    private void judgeEnd(Tables tables) {
        var ends = new HashSet<>(tables.texts("select workflow_id || ' ' || status from workflow_status"));
        accepted.forEach((workflow, end) -> {
            if (!ends.contains(workflow + " " + end)) lost.add(workflow + " was accepted and did not end in " + end);
        });
        for (var step : recordedSteps(tables, ""))
            if (!ended.contains(step)) lost.add("step " + step + " is recorded, and never ended");
        for (var owned : tables.texts("select workflow_id from workflow_status where executor_id is not null"))
            wrong.add(owned + " still has an owner");
    }
}
