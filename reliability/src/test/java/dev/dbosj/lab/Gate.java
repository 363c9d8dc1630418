package dev.dbosj.lab;

import dev.dbosj.store.Claim;
import dev.dbosj.store.ClaimedWorkflow;
import dev.dbosj.store.Command;
import dev.dbosj.store.Outcome;
import dev.dbosj.store.SystemDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;

/**
 * Stands between an engine and its store, and writes into the ledger what was claimed. While it is shut no call is
 * under way: a process that is stopped then holds no lock. Half open it lets everything through but the heartbeat, from
 * which the engine would learn that it is dead before it has written anything.
 */
final class Gate {
    /** How far it is open. */
    enum Position {
        OPEN,
        HALF,
        SHUT
    }

    private final Ledger ledger;
    private final boolean noteAnswers;
    private Position position = Position.OPEN;
    private int inside;

    /** @param noteAnswers whether to write into the ledger too what the store answers to each write */
    Gate(Ledger ledger, boolean noteAnswers) {
        this.ledger = ledger;
        this.noteAnswers = noteAnswers;
    }

    SystemDatabase before(SystemDatabase database) {
        return (SystemDatabase) Proxy.newProxyInstance(
                Gate.class.getClassLoader(),
                new Class<?>[] {SystemDatabase.class},
                (proxy, method, arguments) -> call(database, method, arguments));
    }

    /** Shut, it waits until the calls under way have ended. */
    synchronized void set(Position position) throws InterruptedException {
        this.position = position;
        notifyAll();
        while (position == Position.SHUT && inside > 0) wait();
    }

    private Object call(SystemDatabase database, Method method, Object[] arguments) throws Throwable {
        enter(method.getName());
        try {
            var answer = method.invoke(database, arguments);
            if (answer instanceof Claim claim) noteClaim(claim.workflows());
            if (method.getName().equals("apply") && noteAnswers) noteWrites(arguments[0], answer);
            return answer;
        } catch (InvocationTargetException failure) {
            throw failure.getCause();
        } finally {
            leave();
        }
    }

    private synchronized void enter(String call) throws InterruptedException {
        while (position == Position.SHUT || position == Position.HALF && call.equals("tick")) wait();
        inside++;
    }

    private synchronized void leave() {
        inside--;
        notifyAll();
    }

    private void noteWrites(Object batch, Object outcomes) {
        var answers = ((List<?>) outcomes).iterator();
        for (var each : (List<?>) batch) {
            var command = (Command) each;
            var outcome = (Outcome) answers.next();
            if (command.owner() == null) continue;
            var write = command.effect().getClass().getSimpleName();
            if (command.checkpoint() != null) write += " " + command.checkpoint().name();
            var answer = outcome.getClass().getSimpleName();
            ledger.write(Entry.Kind.ANSWER, command.owner().workflowId(), 0, write, 0, answer);
        }
    }

    private void noteClaim(List<?> claimed) {
        for (var each : claimed)
            ledger.write(Entry.Kind.CLAIMED, ((ClaimedWorkflow) each).owner().workflowId(), 0, "", 0, "");
        if (noteAnswers) ledger.write(Entry.Kind.ANSWER, "", 0, "claim", 0, Integer.toString(claimed.size()));
    }
}
