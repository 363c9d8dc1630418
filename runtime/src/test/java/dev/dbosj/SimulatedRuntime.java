package dev.dbosj;

import dev.dbosj.store.SystemDatabase;
import dev.dbosj.time.Seams;

/** Opens runtimes in a world that the simulation has made. */
public final class SimulatedRuntime {
    private SimulatedRuntime() {}

    public static DBOSRuntime create(DBOSConfig config, Seams seams, SystemDatabase database) {
        return DBOSRuntime.create(config, seams, database);
    }

    /** The simulated process of the runtime was killed; the real one lives on and must not remember it. */
    public static void forget(DBOSRuntime runtime) {
        Launched.remove(runtime);
    }
}
