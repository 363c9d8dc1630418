package dev.dbosj.examples.ingestion;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.store.LockObtainFailedException;

/**
 * The index folder of this process. A document that {@link #index} has returned for is on disk: the checkpoint that
 * says so may follow. Committing costs the same for one document as for many, so one thread commits for all that wait,
 * and meanwhile the next group gathers. That thread alone writes, because an interrupt would close Lucene's files.
 *
 * <p>Thread-safe.
 */
final class PageIndex implements AutoCloseable {
    private static final int MAX_FOLDERS = 1_000;

    private record Waiting(String location, ParsedDocument document, CompletableFuture<Void> onDisk) {}

    /** Ends the committer. */
    private static final Waiting CLOSE = new Waiting(null, null, null);

    private final IndexWriter writer;
    private final Consumer<IOException> onBroken;
    private final LinkedBlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> committer;

    private PageIndex(IndexWriter writer, Consumer<IOException> onBroken) {
        this.writer = writer;
        this.onBroken = onBroken;
        this.committer = CompletableFuture.runAsync(
                this::commitUntilClosed, Thread.ofPlatform().daemon().name("index-committer")::start);
    }

    /**
     * Opens the first index folder below the directory that no other living process writes to.
     *
     * @param onBroken told once when the folder cannot be written any more; what waits then is never answered
     */
    static PageIndex open(Path directory, Consumer<IOException> onBroken) throws IOException {
        for (int number = 0; number < MAX_FOLDERS; number++) {
            var folder = Files.createDirectories(directory.resolve(String.valueOf(number)));
            try {
                return new PageIndex(new IndexWriter(new SyncOnceDirectory(folder), configuration()), onBroken);
            } catch (LockObtainFailedException usedByAnotherProcess) {
                continue;
            }
        }
        throw new IOException("all of the %d index folders in %s are in use".formatted(MAX_FOLDERS, directory));
    }

    private static IndexWriterConfig configuration() {
        return new IndexWriterConfig(PageFields.analyzer());
    }

    /**
     * Puts the pages in the place of what is indexed of this document, and returns when they are on disk.
     *
     * @throws InterruptedException if interrupted; the pages may be on disk or not
     */
    void index(String location, ParsedDocument document) throws InterruptedException {
        var entry = new Waiting(location, document, new CompletableFuture<>());
        waiting.add(entry);
        try {
            entry.onDisk.get();
        } catch (ExecutionException refused) {
            throw new IllegalArgumentException("cannot index " + location, refused.getCause());
        }
    }

    private void commitUntilClosed() {
        try (writer) {
            var group = new ArrayList<Waiting>();
            boolean closing = false;
            while (!closing) {
                group.add(waiting.take());
                waiting.drainTo(group);
                closing = group.removeIf(entry -> entry == CLOSE);
                commit(group);
                group.clear();
            }
        } catch (IOException broken) {
            onBroken.accept(broken);
        } catch (InterruptedException stranger) {
            throw new IllegalStateException("nobody interrupts the committer", stranger);
        }
    }

    private void commit(List<Waiting> group) throws IOException {
        for (var entry : group) add(entry);
        writer.commit();
        for (var entry : group) entry.onDisk.complete(null);
    }

    private void add(Waiting entry) throws IOException {
        try {
            var former = new Term(PageFields.LOCATION, entry.location);
            writer.updateDocuments(former, PageFields.toLucene(entry.location, entry.document));
        } catch (IllegalArgumentException unfit) { // a term longer than Lucene can hold
            entry.onDisk.completeExceptionally(unfit);
        }
    }

    /** Commits what waits. Whoever comes later waits in vain. */
    @Override
    public void close() {
        waiting.add(CLOSE);
        committer.join();
    }
}
