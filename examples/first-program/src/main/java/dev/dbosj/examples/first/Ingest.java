package dev.dbosj.examples.first;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSConfig;
import dev.dbosj.workflow.Step;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

// tag::program[]
public class Ingest {
    record Page(int number, String text) {}

    @Workflow
    int indexAll(List<String> urls) {
        var documents = DBOS.enqueueAll("indexing", this::indexOne, urls); // one workflow for each, on a queue
        return documents.stream().mapToInt(WorkflowHandle::getResult).sum();
    }

    @Workflow
    int indexOne(String url) throws IOException {
        List<Page> pages = DBOS.runStep(this::download, url); // saved when done, never done again
        for (Page page : pages) DBOS.runStep("index page " + page.number(), () -> index(page));
        return pages.size();
    }

    @Step(maxAttempts = 3)
    List<Page> download(String url) throws IOException {
        try (var in = URI.create(url).toURL().openStream()) {
            var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            var pages = new ArrayList<Page>();
            for (String part : text.split("\f")) pages.add(new Page(pages.size() + 1, part));
            return pages;
        }
    }

    void index(Page page) {
        System.out.println("page " + page.number() + ": " + page.text().lines().findFirst().orElse(""));
    }

    public static void main(String... urls) {
        var ingest = new Ingest();
        try (var dbos = DBOS.launch(DBOSConfig.named("ingest"), ingest)) { // ingest.db, beside you
            dbos.registerQueue(WorkflowQueue.named("indexing").workerConcurrency(10));
            var run = dbos.with(WorkflowOptions.id("first-run")).startWorkflow(ingest::indexAll, List.of(urls));
            System.out.println(run.getResult() + " pages");
        }
    }
}
// end::program[]
