package dev.dbosj.examples.ingestion;

import dev.dbosj.DBOS;
import dev.dbosj.exceptions.WorkflowCancelledException;
import dev.dbosj.exceptions.WorkflowFailedException;
import dev.dbosj.workflow.Step;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowHandle;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;

/** The workflows: one for the whole run, one for each document. */
final class Ingestion {
    static final String QUEUE = "indexing";

    private final DocumentReader reader;
    private final PageIndex index;
    private final Ledger ledger;
    private final Progress progress;

    Ingestion(DocumentReader reader, PageIndex index, Ledger ledger, Progress progress) {
        this.reader = reader;
        this.index = index;
        this.ledger = ledger;
        this.progress = progress;
    }

    /** Indexes all documents. What there was to index is a checkpoint: a resumed run does not look again. */
    @Workflow
    Summary indexDocuments(Selection selection) throws IOException {
        var locations = DBOS.runStep(this::findDocuments, selection);
        progress.total(locations.size());
        var documents = DBOS.enqueueAll(QUEUE, this::indexDocument, locations);
        int pages = 0;
        var failures = new ArrayList<Summary.Failure>();
        for (int i = 0; i < documents.size(); i++) {
            try {
                pages += documents.get(i).getResult();
            } catch (WorkflowFailedException failure) {
                failures.add(new Summary.Failure(locations.get(i), failure.getCause().getMessage()));
            } catch (WorkflowCancelledException cancelled) {
                failures.add(new Summary.Failure(locations.get(i), "it was cancelled"));
            }
        }
        return new Summary(documents.size() - failures.size(), pages, failures);
    }

    /** Indexes one document and returns how many pages it has. */
    @Workflow
    int indexDocument(String location) throws UnreadableDocumentException, InterruptedException {
        try {
            var document = DBOS.runStep(this::parse, location);
            DBOS.runStep(this::index, location, document);
            progress.succeededHere(DBOS.workflowId());
            return document.pages().size();
        } catch (UnreadableDocumentException failure) {
            progress.failed(DBOS.workflowId());
            throw failure;
        }
    }

    @Step
    List<String> findDocuments(Selection selection) throws IOException {
        return DocumentFinder.find(selection.sources(), selection.limit());
    }

    /** The pages themselves are the checkpoint, so that what was parsed once is never parsed, or downloaded, again. */
    @Step(maxAttempts = 3, retryOn = ServerBusyException.class)
    ParsedDocument parse(String location) throws UnreadableDocumentException {
        ledger.parseBegun(location);
        try {
            return DocumentParser.parse(reader.read(Location.parse(location)));
        } finally {
            ledger.parseEnded(location);
        }
    }

    /** Done when the pages are on disk. Doing it twice does no harm: pages replace those of the same document. */
    @Step
    void index(String location, ParsedDocument document) throws InterruptedException {
        index.index(location, document);
        for (var page : document.pages()) ledger.pageIndexed(location, page.position());
    }
}
