package dev.dbosj.commit;

import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.Outcome;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One command that waits for its commit. */
public final class Pending {
    private static final Logger LOG = LoggerFactory.getLogger(Pending.class);
    private static final int ROW_BYTES = 200;

    private final Chain chain;
    private final Checkpoint checkpoint;
    private final Effect effect;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

    Pending(Chain chain, Checkpoint checkpoint, Effect effect) {
        this.chain = chain;
        this.checkpoint = checkpoint;
        this.effect = effect;
    }

    Chain chain() {
        return chain;
    }

    /** The command as of now: its epoch may have been raised since it was handed in. */
    Command command() {
        return new Command(chain.owner(), checkpoint, effect);
    }

    long bytes() {
        long bytes = ROW_BYTES;
        if (checkpoint != null) bytes += length(checkpoint.output()) + length(checkpoint.error());
        return bytes + switch (effect) {
            case Effect.Insert insert -> insert.workflows().stream().mapToLong(row -> ROW_BYTES + length(row.input())).sum();
            case Effect.Finish finish -> length(finish.output()) + length(finish.error());
            case Effect.Fail fail -> length(fail.error());
            case Effect.Redrive redrive ->
                redrive.workflows().stream().mapToLong(one -> ROW_BYTES + length(one.input())).sum();
            case Effect.Purge purge -> 0;
            case Effect.SetEvent event -> length(event.key()) + length(event.value());
            case Effect.Send send -> length(send.messageId()) + length(send.topic()) + length(send.message());
            case Effect.Debounce debounce -> length(debounce.input());
            case Effect.Receive receive -> length(receive.messageId());
            case Effect.Nothing nothing -> 0;
            case Effect.Release release -> 0;
            case Effect.Change change -> 0;
            case Effect.Define define -> 0;
            case Effect.Steer steer -> 0;
        };
    }

    private static long length(String text) {
        return text == null ? 0 : text.length();
    }

    /** Waits for the commit; interrupts do not end the wait. */
    public Outcome await() {
        return outcome.join();
    }

    boolean isAnswered() {
        return outcome.isDone();
    }

    /** Runs on the writer's thread after the commit, before whoever waits goes on; it must not block. */
    public void onCommit(Consumer<Outcome> action) {
        outcome.thenAccept(answer -> {
            try {
                action.accept(answer);
            } catch (Throwable failure) { // boundary: the writer goes on, and whoever waits is told
                LOG.error("what follows the commit of {} has failed", effect, failure);
            }
        });
    }

    void complete(Outcome outcome) {
        this.outcome.complete(outcome);
    }
}
