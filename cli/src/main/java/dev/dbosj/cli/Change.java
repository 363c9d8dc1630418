package dev.dbosj.cli;

import dev.dbosj.DBOSClient;
import dev.dbosj.exceptions.NoSuchWorkflowException;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Does something to some workflows: those of the ids, or all that meet conditions. */
abstract class Change implements Callable<Integer> {
    private static final int PREVIEW = 10;
    private static final int MOST = 100_000;

    private final Console console;
    private final Database database;

    @Parameters(paramLabel = "ID", arity = "0..*", description = Ids.HELP)
    private List<String> ids = List.of();

    @Mixin
    private Conditions conditions;

    @Option(
            names = {"-l", "--limit"},
            paramLabel = "N",
            description = "at most so many of those, the oldest; all without it")
    private Integer limit;

    @Option(names = {"-y", "--yes"}, description = "do not ask before many are changed by conditions")
    private boolean yes;

    @Option(names = "--dry-run", description = "change nothing; show which would be changed")
    private boolean dryRun;

    Change(Console console, Database database) {
        this.console = console;
        this.database = database;
    }

    /** What is done, as in "cancel". */
    abstract String verb();

    /** Whether it can be done to a workflow in that state. */
    abstract boolean concerns(WorkflowState state);

    /** The same when it is done, as in "cancelled". */
    abstract String participle();

    /** What is to be said about those that were not asked for. */
    String besides() {
        return "";
    }

    /** Does it to one workflow. @return what came of it */
    abstract String change(DBOSClient client, WorkflowStatus before);

    /** Does it to all. @return the ids of those that it was done to */
    abstract List<String> changeAll(DBOSClient client, WorkflowFilter filter);

    @Override
    public final Integer call() {
        boolean conditional = conditions.any(console.times());
        if (ids.isEmpty() && !conditional)
            throw new WrongUsage("which workflows? Name their ids, - to read them, or conditions");
        if (!ids.isEmpty() && (conditional || limit != null))
            throw new WrongUsage("ids and conditions exclude each other");
        return conditional ? changeAll() : changeEach();
    }

    /**
     * Does it to each workflow and says what came of it, also after one that does not exist. What cannot even be an id
     * ends it: such a list is some other file.
     */
    private int changeEach() {
        int code = ExitCode.OK;
        try (var client = database.connect(); var named = Ids.of(ids, console.terminal())) {
            for (var id : (Iterable<String>) named::iterator) {
                try {
                    code = Math.max(code, change(client, id));
                } catch (NoSuchWorkflowException missing) {
                    console.complain(missing.getMessage());
                    code = Math.max(code, ExitCode.NOT_FOUND);
                }
            }
        }
        return code;
    }

    private int change(DBOSClient client, String id) {
        var before = client.getWorkflow(id);
        if (refusal(before) != null) {
            console.complain(id + ": left as it is, " + refusal(before));
            return ExitCode.CONFLICT;
        }
        console.print(Text.printable(id + ": " + (dryRun ? before.status().toString() : change(client, before))));
        return ExitCode.OK;
    }

    /** Why it cannot be done; null if it can. */
    abstract String refusal(WorkflowStatus before);

    private int changeAll() {
        var wanted = conditions.filter(console.times());
        var states = Stream.of(WorkflowState.values()).filter(this::concerns)
                .filter(state -> wanted.states().isEmpty() || wanted.states().contains(state))
                .toList();
        if (states.isEmpty()) throw new WrongUsage("none of those states can be changed by " + verb());
        var filter = WrongUsage.unlessPossible(() -> wanted.states(states)
                .newestFirst(false).payloads(false).limit(limit == null ? MOST : limit));
        try (var client = database.connect()) {
            var found = client.listWorkflows(filter);
            preview(found);
            if (dryRun || found.isEmpty()) return ExitCode.OK;
            var more = found.size() == MOST ? " or more" : "";
            var question = "%s %s%s?".formatted(capitalised(verb()), count(found.size()), more);
            if (!yes && !console.isInteractive())
                throw new WrongUsage("nobody can be asked: add --yes to %s %s".formatted(verb(), count(found.size())));
            if (!yes && !console.confirms(question)) {
                console.complain("Nothing was changed.");
                return ExitCode.FAILURE;
            }
            console.print("%s: %s%s.".formatted(capitalised(participle()), count(all(client, filter)), besides()));
        }
        return ExitCode.OK;
    }

    /** Until nothing is left, if there was no limit. */
    private long all(DBOSClient client, WorkflowFilter filter) {
        long changed = 0;
        while (true) {
            int more = changeAll(client, filter).size();
            changed += more;
            if (limit != null || more < filter.limit()) return changed;
        }
    }

    private void preview(List<WorkflowStatus> found) {
        if (found.isEmpty()) {
            console.print("No workflow meets the conditions.");
            return;
        }
        var view = WorkflowViews.workflows(console.times(), console.paint(), false);
        var first = found.subList(0, Math.min(PREVIEW, found.size()));
        console.print(Output.table(view, first, console.terminal()));
        if (found.size() > PREVIEW) console.print("… and %d more".formatted(found.size() - PREVIEW));
    }

    private static String capitalised(String word) {
        return Character.toUpperCase(word.charAt(0)) + word.substring(1);
    }

    private static String count(long number) {
        return number == 1 ? "1 workflow" : number + " workflows";
    }

    static String executor(WorkflowStatus workflow) {
        return "executor " + workflow.executorId();
    }
}
