package dev.dbosj.replay;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.workflow.WorkflowState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What a workflow of an earlier build has left: how it was started, every checkpoint, and how it ended. */
record Story(
        String workflowId, String name, String input, WorkflowState status, String output, String error, List<Record> records) {
    private static final Gson GSON = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().serializeNulls().create();

    private static final Pattern FRAMES = Pattern.compile(",\"stackTrace\":\"[^\"]*\"");

    /** A checkpoint without its times. */
    record Record(int step, String name, String output, String error, String childId) {
        static Record of(Checkpoint checkpoint) {
            return new Record(
                    checkpoint.step(), checkpoint.name(), checkpoint.output(), checkpoint.error(), checkpoint.childId());
        }

        Checkpoint checkpoint() {
            return new Checkpoint(step, name, output, error, childId, Instant.EPOCH, Instant.EPOCH);
        }

        Record named(String newName) {
            return new Record(step, newName, output, error, childId);
        }
    }

    static Story of(SystemDatabase database, String workflowId) {
        var status = database.workflow(workflowId);
        var page = database.history(Map.of(workflowId, 0), 10_000).get(workflowId);
        return new Story(workflowId, status.name(), status.input(), status.status(), status.output(), status.error(),
                page.checkpoints().stream().map(Record::of).toList());
    }

    Story records(List<Record> others) {
        return new Story(workflowId, name, input, status, output, error, others);
    }

    /** Whether the other tells the same; which lines of code threw is not part of it. */
    boolean isToldBy(Story other) {
        return withoutFrames().equals(other.withoutFrames());
    }

    private Story withoutFrames() {
        var ending = error == null ? null : FRAMES.matcher(error).replaceAll("");
        return new Story(workflowId, name, input, status, output, ending, records);
    }

    static Story read(Path file) throws IOException {
        return GSON.fromJson(Files.readString(file), Story.class);
    }

    void write(Path file) throws IOException {
        Files.writeString(file, GSON.toJson(this) + "\n");
    }
}
