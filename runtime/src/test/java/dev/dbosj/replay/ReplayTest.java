package dev.dbosj.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSConfig;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.Owner;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.SystemDatabaseProvider;
import dev.dbosj.time.Time;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What earlier builds have recorded is replayed by this one: each workflow ends as it did, no body of a step runs again,
 * and the records stay as they are. The corpus only grows: {@code -Ddbosj.replay.record=NAME} adds the histories of all
 * programs under that name.
 */
@Tag("T9")
@Timeout(60)
class ReplayTest {
    private static final Path CORPUS = Path.of("src", "test", "resources", "dev", "dbosj", "replay");

    /** The programs that can be started without anything, and with what. */
    private static void startAll(DBOSRuntime dbos, String prefix) {
        for (var program : List.of("collections", "choices", "failures", "batched", "chance", "events", "messages", "children",
                "nothing"))
            enqueue(dbos, prefix, program);
        enqueue(dbos, prefix, "numbers", 5);
        enqueue(dbos, prefix, "records", "Ada");
        enqueue(dbos, prefix, "fails", "on purpose");
    }

    private static void enqueue(DBOSRuntime dbos, String prefix, String program, Object... arguments) {
        dbos.enqueue(WorkflowOptions.id(prefix + program), RecordedPrograms.QUEUE, program, arguments);
    }

    private final RecordedPrograms programs = new RecordedPrograms();
    private String url;
    private SystemDatabase database;

    @BeforeEach
    void freshDatabase() {
        url = "memory:" + UUID.randomUUID();
        database = open();
    }

    private SystemDatabase open() {
        for (var provider : ServiceLoader.load(SystemDatabaseProvider.class))
            if (provider.accepts(url)) return provider.open(url, Time.system());
        throw new IllegalStateException(url);
    }

    private DBOSRuntime launch() {
        return DBOS.launch(
                DBOSConfig.named("replay").databaseUrl(url).shutdownHook(false).pollInterval(Duration.ofMillis(20)), programs);
    }

    @Test
    void whatEarlierBuildsHaveRecordedEndsAsItDidAndNoStepRunsAgain() throws IOException {
        var stories = corpus();
        for (var story : stories) leaveBehind(story);
        try (var dbos = launch()) {
            for (var story : stories) awaitEnd(dbos, story.workflowId());
        }
        var mismatches = stories.stream().filter(story -> !story.isToldBy(again(story))).toList();
        assertThat(mismatches).isEmpty();
        assertThat(programs.bodies).hasValue(0);
        System.out.printf("REPLAY histories %d, records %d, mismatches %d, bodies run again %d%n",
                stories.size(), stories.stream().mapToInt(story -> story.records().size()).sum(), mismatches.size(),
                programs.bodies.get());
    }

    /** What the database holds now. */
    private Story again(Story story) {
        return Story.of(database, story.workflowId());
    }

    @Test
    void aHistoryThatStopsAnywhereIsContinued() throws IOException {
        var repeatable = List.of("numbers", "records", "failures");
        var stories = corpus().stream().filter(story -> repeatable.contains(story.name())).toList();
        var shorter = new ArrayList<Story>();
        for (var story : stories)
            for (int length = 0; length < story.records().size(); length++)
                shorter.add(new Story(story.workflowId() + "-" + length, story.name(), story.input(), story.status(), story.output(),
                        story.error(), story.records().subList(0, length)));
        for (var story : shorter) leaveBehind(story);
        try (var dbos = launch()) {
            for (var story : shorter) awaitEnd(dbos, story.workflowId());
        }
        for (var story : shorter) {
            assertThat(again(story).output()).as(story.workflowId()).isEqualTo(story.output());
            assertThat(again(story).records().subList(0, story.records().size())).isEqualTo(story.records());
        }
        assertThat(programs.bodies.get()).isPositive();
    }

    @Test
    @Tag("canary")
    void aChangedProgramIsNoticed() throws IOException {
        int changed = 0;
        int longest = corpus().stream().mapToInt(story -> story.records().size()).max().orElseThrow();
        for (int i = 0; i < longest; i++) {
            int step = i;
            var stories = corpus().stream().filter(story -> step < story.records().size()).toList();
            freshDatabase();
            for (var story : stories) leaveBehind(renamed(story, step));
            try (var dbos = launch()) {
                for (var story : stories) {
                    var id = story.workflowId();
                    awaitEnd(dbos, id);
                    assertThat(dbos.getWorkflow(id).status()).as(id).isEqualTo(WorkflowState.ERROR);
                    assertThat(dbos.getWorkflow(id).error()).contains("NonDeterministicWorkflowException").contains("renamed");
                    changed++;
                }
            }
        }
        System.out.printf("REPLAY canary changed programs %d, noticed %d%n", changed, changed);
    }

    /** As if the program had asked for something else there. */
    private static Story renamed(Story story, int step) {
        var records = new ArrayList<>(story.records());
        records.set(step, records.get(step).named("renamed"));
        return story.records(records);
    }

    @Test
    @EnabledIfSystemProperty(named = "dbosj.replay.record", matches = "[a-z0-9.-]+")
    void record() throws IOException {
        var name = System.getProperty("dbosj.replay.record") + "-";
        try (var dbos = launch()) {
            dbos.registerQueue(WorkflowQueue.named(RecordedPrograms.QUEUE));
            startAll(dbos, name);
            for (var status : dbos.listWorkflows(WorkflowFilter.all().idPrefix(name))) {
                if (status.parentId() != null) continue;
                awaitEnd(dbos, status.workflowId());
                var file = CORPUS.resolve(status.workflowId() + ".json");
                assertThat(file).as("a history that is never changed").doesNotExist();
                Story.of(database, status.workflowId()).write(file);
            }
        }
    }

    private static List<Story> corpus() throws IOException {
        var stories = new ArrayList<Story>();
        var known = URI.create(ReplayTest.class.getResource("0.1.0-nothing.json").toString());
        try (var jar = known.getScheme().equals("jar") ? FileSystems.newFileSystem(known, Map.of()) : null;
                var files = Files.list(Path.of(known).getParent())) {
            for (var file : files.filter(it -> it.toString().endsWith(".json")).sorted().toList()) stories.add(Story.read(file));
        }
        assertThat(stories).hasSizeGreaterThanOrEqualTo(11);
        return stories;
    }

    /** As an executor of the earlier build that has died when nothing but the end was missing. */
    private void leaveBehind(Story story) {
        database.migrate();
        var executor = "dead-" + story.workflowId();
        database.join(new ExecutorInfo(executor, "replay", Set.of(story.name()), Duration.ofMinutes(1), Instant.EPOCH, false));
        var row = new NewWorkflow(
                story.workflowId(), story.workflowId().hashCode(), story.name(), NewWorkflow.DIRECT_QUEUE, 0, story.input(), null, executor);
        var batch = new ArrayList<Command>();
        batch.add(new Command(null, null, new Effect.Insert(List.of(row), false)));
        for (var record : story.records())
            batch.add(new Command(new Owner(story.workflowId(), 1), record.checkpoint(), Effect.NOTHING));
        database.apply(batch);
        var dead = new ExecutorInfo(executor, "replay", Set.of(), Duration.ofMinutes(1), Instant.EPOCH, true);
        assertThat(database.takeOver(dead, 10)).isEqualTo(1);
    }

    private static void awaitEnd(DBOSRuntime dbos, String workflowId) {
        while (!dbos.getWorkflow(workflowId).status().isTerminal()) Thread.onSpinWait();
    }
}
