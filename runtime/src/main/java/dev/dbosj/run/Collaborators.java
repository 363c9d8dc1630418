package dev.dbosj.run;

import dev.dbosj.commit.CommitQueue;
import dev.dbosj.json.ErrorCodec;
import dev.dbosj.json.JsonCodec;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.time.Seams;
import dev.dbosj.wait.News;
import dev.dbosj.wait.Waiter;

/** What every run works with. */
public record Collaborators(
        SystemDatabase database,
        CommitQueue commits,
        Waiter waiter,
        News news,
        JsonCodec json,
        ErrorCodec errors,
        Seams seams) {}
