package dev.dbosj.lab;

import dev.dbosj.lab.Entry.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Judges what is promised of queues besides what is promised of all workflows, by the ledger and the database. */
final class FlowAudit {
    /** The clock of a database is that of the ledger only so exactly: it cuts off milliseconds, and may be set. */
    private static final Duration EXACTNESS = Duration.ofMillis(5);

    /** From the time at which a workflow is accepted, by its row, until everybody sees the row, on a busy machine. */
    private static final Duration UNSEEN = Duration.ofMillis(500);

    private static final String DEAD = "MAX_RECOVERY_ATTEMPTS_EXCEEDED";

    private record Workflow(String id, String queue, String status, String input, String output) {}

    private record Attempt(String workflowId, int number, int attempt, boolean dead, String error) {}

    private final Tables tables;
    private final Map<String, Workflow> workflows;
    private final Map<String, List<Attempt>> attempts;
    private final Map<String, List<Entry>> lines;
    private final Set<Long> killed;
    private final List<Entry> ledger;
    private final List<String> wrong = new ArrayList<>();
    private int unrecorded;

    FlowAudit(Tables tables, Ledger ledger) {
        this.tables = tables;
        this.ledger = ledger.read();
        workflows = tables.list("""
                select workflow_id, queue_name, status, input, output from workflow_status
                """, row -> new Workflow(
                        row.getString(1), row.getString(2), row.getString(3), row.getString(4), row.getString(5)))
                .stream().collect(Collectors.toMap(Workflow::id, workflow -> workflow));
        attempts = tables.list("""
                select w.workflow_id, a.number, a.attempt, a.dead, a.error
                  from workflow_attempts a join workflow_status w on w.sequence = a.workflow_sequence
                 order by w.workflow_id, a.number
                """, row -> new Attempt(
                        row.getString(1), row.getInt(2), row.getInt(3), row.getBoolean(4), row.getString(5)))
                .stream().collect(Collectors.groupingBy(Attempt::workflowId));
        lines = this.ledger.stream().collect(Collectors.groupingBy(Entry::workflowId));
        killed = this.ledger.stream()
                .filter(entry -> entry.kind() == Kind.FAULT)
                .map(Entry::pid)
                .collect(Collectors.toSet());
    }

    /** Everything that must not be. */
    List<String> judge() {
        workflows.values().forEach(this::judge);
        judgeBodies();
        judgeOrder();
        if (tables.number("select coalesce(sum(depth), 0) from queue_depths")
                + tables.number("select coalesce(sum(change), 0) from queue_depth_changes") != 0)
            wrong.add("an empty queue is said to have a depth");
        if (tables.number("select count(*) from workflow_keys") > 0) wrong.add("somebody who has ended holds a key");
        return wrong;
    }

    private void judge(Workflow workflow) {
        boolean accepted = of(workflow, Kind.ACCEPTED).findAny().isPresent();
        boolean child = tells(workflow.id()) || workflow.queue().equals(FlowWork.PAGES);
        if (!accepted && !child) wrong.add("nobody has asked for " + workflow);
        if (workflow.status().equals("SUCCESS") && !workflow.output().equals("\"" + workflow.id() + "\""))
            wrong.add("the result of another one: " + workflow);
        judgeStart(workflow);
        switch (workflow.queue()) {
            case FlowWork.PAGES -> judgeLastCall(workflow);
            case FlowWork.TRIES -> judgeTries(workflow);
            case FlowWork.RENDERS -> judgeRenders(workflow);
            default -> requireNone(workflow);
        }
    }

    /** Whether its id says that a workflow has started it. */
    private static boolean tells(String id) {
        return id.startsWith("upload-of-") || id.matches("mail-\\d-[ab]\\d+");
    }

    private Stream<Entry> of(Workflow workflow, Kind kind) {
        return lines.getOrDefault(workflow.id(), List.of()).stream().filter(entry -> entry.kind() == kind);
    }

    /** Not before the last call has said; but many calls put it off no longer than agreed. */
    private void judgeStart(Workflow workflow) {
        var due = of(workflow, Kind.DUE).mapToLong(Entry::at).sorted().toArray();
        if (due.length == 0) return;
        long earliest = due[due.length - 1];
        if (workflow.queue().equals(FlowWork.PAGES))
            earliest = Math.min(earliest, due[0] + FlowWork.AT_LAST.minus(FlowWork.CALM).toNanos());
        long started = of(workflow, Kind.BEGIN).findFirst().orElseThrow().at();
        var early = Duration.ofNanos(earliest - started);
        if (early.compareTo(EXACTNESS) > 0) wrong.add("%s started %s too early".formatted(workflow, early));
    }

    private void judgeLastCall(Workflow page) {
        var last = of(page, Kind.DUE).mapToInt(Entry::attempt).max();
        if (last.isEmpty()) wrong.add("nobody has called " + page);
        else if (!page.input().contains("[" + last.getAsInt() + "]"))
            wrong.add("call %d was the last of %s".formatted(last.getAsInt(), page));
        // What it was given at each attempt is the same: the other auditor sees to that.
        if (of(page, Kind.BEGIN).noneMatch(begin -> begin.detail().equals(last.orElse(0) + "")))
            wrong.add("other arguments reached the step of " + page);
        requireNone(page);
    }

    private void requireNone(Workflow workflow) {
        if (attempts.containsKey(workflow.id())) wrong.add("an attempt of %s has failed".formatted(workflow));
    }

    private void judgeTries(Workflow workflow) {
        int failures = Integer.parseInt(workflow.input().replaceAll(".*\\[(\\d+)].*", "$1"));
        var failed = of(workflow, Kind.FAIL).toList();
        int recorded = judgeAttempts(workflow, "broken", failed, FlowWork.ATTEMPTS);
        int wanted = switch (failures) {
            case FlowWork.ALWAYS, FlowWork.UNTIL_CURED -> FlowWork.ATTEMPTS;
            case FlowWork.NOT_WORTH_IT -> 1;
            default -> recorded;
        };
        if (recorded != wanted) wrong.add("%d attempts instead of %d of %s".formatted(recorded, wanted, workflow));
        if (failures < FlowWork.ALWAYS && failed.size() != failures)
            wrong.add("failed %d times: %s".formatted(failed.size(), workflow));
        boolean died = attempts.getOrDefault(workflow.id(), List.of()).stream().anyMatch(Attempt::dead);
        if (died != failures >= FlowWork.ALWAYS) wrong.add("whether it has been a dead letter: " + workflow);
    }

    private void judgeRenders(Workflow render) {
        var interrupted = of(render, Kind.INTERRUPTED).toList();
        if (interrupted.isEmpty()) wrong.add("it hung and was not interrupted: " + render);
        // More may be recorded: on a busy machine one may be over before it has come to the place where it hangs.
        judgeAttempts(render, "AttemptTimeoutException", interrupted, FlowWork.RENDER_ATTEMPTS);
    }

    /**
     * One error for each failed attempt, numbered, and no more than allowed; an attempt whose process was killed before
     * it could say so counts for nothing. @return how many are recorded
     */
    private int judgeAttempts(Workflow workflow, String error, List<Entry> failed, int most) {
        var recorded = attempts.getOrDefault(workflow.id(), List.of());
        var numbers = recorded.stream().map(Attempt::number).toList();
        if (!numbers.equals(IntStream.rangeClosed(1, recorded.size()).boxed().toList()) || recorded.size() > most)
            wrong.add("%s has the attempts %s".formatted(workflow, numbers));
        for (var attempt : recorded) {
            if (attempt.number() != attempt.attempt() || !attempt.error().contains(error))
                wrong.add("%s has %s".formatted(workflow, attempt));
            if (attempt.dead() && attempt.number() != recorded.size())
                wrong.add("%s went on after %s".formatted(workflow, attempt));
        }
        int lost = failed.size() - recorded.size();
        long excused = failed.stream().map(Entry::pid).filter(killed::contains).distinct().count();
        if (lost > excused) wrong.add("%d failed attempts of %s are not recorded".formatted(lost, workflow));
        if (lost > 0) unrecorded += lost;
        return recorded.size();
    }

    /** Never two bodies at once of one tenant, nor of one address. */
    private void judgeBodies() {
        var inside = new HashMap<String, Entry>();
        var doomed = new HashSet<Long>();
        for (var entry : ledger) {
            var group = entry.workflowId().replaceFirst("-[ab]?\\d+$", "");
            switch (entry.kind()) {
                case DOOMED -> {
                    doomed.add(entry.pid());
                    inside.values().removeIf(body -> body.pid() == entry.pid());
                }
                case BEGIN -> {
                    if (doomed.contains(entry.pid()) || !group.matches("(tenant|mail)-\\d")) continue;
                    var other = inside.put(group, entry);
                    if (other != null) wrong.add("two bodies at once: %s and %s".formatted(other, entry));
                }
                case END, INTERRUPTED ->
                    inside.computeIfPresent(group, (key, body) -> isSame(body, entry) ? null : body);
                default -> {}
            }
        }
    }

    private static boolean isSame(Entry begin, Entry end) {
        return begin.key().equals(end.key()) && begin.pid() == end.pid();
    }

    /**
     * Whoever has the better place, by time and priority, goes first. Those who were claimed again are not judged: it
     * is not known when they were claimed at first.
     */
    private void judgeOrder() {
        wrong.addAll(tables.texts("""
                select first.workflow_id || ' was overtaken by ' || other.workflow_id
                  from workflow_status first
                  join workflow_status other
                    on other.queue_name = first.queue_name and other.partition_key = first.partition_key
                 where first.queue_name = 'tenants' and first.owner_epoch = 1 and other.owner_epoch = 1
                   and first.created_at + first.priority * %1$d + %2$d < other.created_at + other.priority * %1$d
                   and first.created_at + %3$d < other.started_at and other.started_at < first.started_at
                """.formatted(FlowWork.AGING.toMillis(), EXACTNESS.toMillis(), UNSEEN.toMillis())));
    }

    int workflows() {
        return workflows.size();
    }

    long on(String queue) {
        return workflows.values().stream().filter(workflow -> workflow.queue().equals(queue)).count();
    }

    /** How many rows were inserted together with others. */
    long together() {
        return workflows.values().stream().filter(workflow -> workflow.queue().equals(FlowWork.ROWS))
                .filter(row -> of(row, Kind.END).anyMatch(end -> end.detail().matches("[2-9]")))
                .count();
    }

    /** How many calls there were that put pages off. */
    long calls() {
        return workflows.values().stream().filter(workflow -> workflow.queue().equals(FlowWork.PAGES))
                .mapToLong(page -> of(page, Kind.DUE).map(Entry::attempt).distinct().count()).sum();
    }

    long deadLetters() {
        return workflows.values().stream().filter(workflow -> workflow.status().equals(DEAD)).count();
    }

    long redriven() {
        return ledger.stream().filter(entry -> entry.kind() == Kind.CURED).map(Entry::workflowId).distinct().count();
    }

    int failedAttempts() {
        return attempts.values().stream().mapToInt(List::size).sum();
    }

    /** How many attempts had failed when their process was killed before it could say so. */
    int unrecorded() {
        return unrecorded;
    }
}
