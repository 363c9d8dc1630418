package dev.dbosj.examples.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSConfig;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.workflow.StepInfo;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IngestionTest {
    @TempDir
    private Path folder;

    private final Progress progress = new Progress();
    private DocumentReader reader;
    private PageIndex index;
    private Ingestion ingestion;
    private DBOSRuntime dbos;

    @BeforeEach
    void launch() throws IOException {
        reader = new DocumentReader();
        index = PageIndex.open(folder.resolve("index"), broken -> {
            throw new AssertionError(broken);
        });
        ingestion = new Ingestion(reader, index, Ledger.none(), progress);
        dbos = DBOS.launch(DBOSConfig.named("ingestion").databaseUrl("memory:"), ingestion);
        dbos.registerQueue(WorkflowQueue.named(Ingestion.QUEUE).workerConcurrency(10));
    }

    @AfterEach
    void close() throws IOException {
        dbos.close();
        index.close();
        reader.close();
    }

    @Test
    void documentsOfAllKindsBecomePagesAndThoseThatCannotBeReadAreListedWithTheReason() throws Exception {
        var documents = Files.createDirectory(folder.resolve("documents"));
        Files.write(documents.resolve("a.pdf"), Documents.pdf("Two pages", "one mango", "another mango"));
        Files.writeString(documents.resolve("b.html"), "<html><body>a mango in HTML</body></html>");
        Files.writeString(documents.resolve("c.md"), "# Fruit\na mango in Markdown");
        Files.writeString(documents.resolve("d.pdf"), "no PDF at all");
        Files.writeString(documents.resolve("e.txt"), " ");

        var summary = ingest(documents);

        assertThat(summary.documents()).isEqualTo(3);
        assertThat(summary.pages()).isEqualTo(4);
        assertThat(summary.failures()).hasSize(2);
        assertThat(summary.failures().getFirst().location()).isEqualTo(documents.resolve("d.pdf").toString());
        assertThat(summary.failures().getFirst().reason()).startsWith("it is not a readable PDF");
        assertThat(summary.failures().getLast())
                .isEqualTo(new Summary.Failure(documents.resolve("e.txt").toString(), "it has no text"));
        try (var search = PageSearch.open(folder.resolve("index"))) {
            assertThat(search.find("mango", 10)).hasSize(4);
        }
    }

    @Test
    void progressKnowsWhatHasEndedHere() throws Exception {
        Files.writeString(folder.resolve("a.txt"), "fine");
        Files.writeString(folder.resolve("b.txt"), "");

        ingest(folder);

        assertThat(progress.snapshot()).isEqualTo(new Progress.Snapshot(2, 2, 1, 0));
        assertThat(progress.here()).isEqualTo(1);
    }

    @Test
    void whatWasFoundAndParsedIsRecordedInSteps() throws Exception {
        Files.writeString(folder.resolve("a.txt"), "fine");

        ingest(folder);

        var document = dbos.listWorkflows(WorkflowFilter.all().name("indexDocument")).getFirst();
        var steps = dbos.listWorkflowSteps(document.workflowId());
        assertThat(steps).extracting(StepInfo::name).containsExactly("parse", "index");
        assertThat(steps.getFirst().output()).isEqualTo("""
                {"title":"a.txt","pages":[{"position":1,"text":"fine"}]}""");
        assertThat(dbos.listWorkflowSteps("run").getFirst().name()).isEqualTo("findDocuments");
    }

    private Summary ingest(Path source) {
        var selection = new Selection(List.of(source.toString()), 100, folder.resolve("index").toString());
        return dbos.with(WorkflowOptions.id("run")).startWorkflow(ingestion::indexDocuments, selection).getResult();
    }
}
