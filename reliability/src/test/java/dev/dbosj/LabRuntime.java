package dev.dbosj;

import dev.dbosj.store.SystemDatabase;
import dev.dbosj.time.Seams;
import java.util.function.UnaryOperator;

/** The one door that tests in other packages do not have: a runtime in a world that they have made. */
public final class LabRuntime {
    private LabRuntime() {}

    /** @param database puts something between the engine and its store */
    public static DBOSRuntime create(DBOSConfig config, Seams seams, UnaryOperator<SystemDatabase> database) {
        return DBOSRuntime.create(config, seams, database.apply(Assembly.open(config, seams)));
    }
}
