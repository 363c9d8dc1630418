package dev.dbosj;

import dev.dbosj.store.SystemDatabase;
import dev.dbosj.time.Seams;

/** Opens runtimes and clients in a world that the simulation has made. */
public final class SimulatedRuntime {
    private SimulatedRuntime() {}

    public static DBOSRuntime create(DBOSConfig config, Seams seams, SystemDatabase database) {
        return DBOSRuntime.create(config, seams, database);
    }

    /** A client of a process that executes nothing. */
    public static DBOSClient connect(DBOSConfig config, Seams seams, SystemDatabase database) {
        var client = new DBOSClient(new Assembly(config, seams, database));
        try {
            client.engine.connect();
            return client;
        } catch (RuntimeException failure) {
            client.close();
            throw failure;
        }
    }

    /** The simulated process of the runtime was killed; the real one lives on and must not remember it. */
    public static void forget(DBOSRuntime runtime) {
        Launched.remove(runtime);
    }
}
