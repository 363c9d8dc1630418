package dev.dbosj.bench;

import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.SystemDatabaseProvider;
import dev.dbosj.time.Ids;
import dev.dbosj.time.Time;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.IntStream;

/** Fills a queue before anybody works on it. */
final class Filler {
    private Filler() {}

    static void fill(Database target, int workflows) {
        var ids = Ids.random(Time.system());
        var rows = IntStream.range(0, workflows)
                .mapToObj(n -> new NewWorkflow(
                        ids.next(), ids.uid(), "one", Engine.QUEUE, 0, "{\"positionalArgs\":[" + n + "]}", null, null))
                .toList();
        for (var provider : ServiceLoader.load(SystemDatabaseProvider.class)) {
            if (!provider.accepts(target.url())) continue;
            try (var database = provider.open(target.url(), Time.system())) {
                database.migrate();
                database.apply(List.of(new Command(null, null, new Effect.Insert(rows, false))));
            }
        }
    }
}
