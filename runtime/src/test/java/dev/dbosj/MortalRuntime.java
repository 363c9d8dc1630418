package dev.dbosj;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.time.Seams;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A runtime that can be killed, as far as others can tell: from then on nothing of it reaches the system database. It
 * can come back as a zombie, and does so when it is closed, so that its threads end.
 */
record MortalRuntime(DBOSRuntime dbos, AtomicBoolean dead) implements AutoCloseable {
    static MortalRuntime launch(DBOSConfig config, Object workflows) {
        var dead = new AtomicBoolean();
        var seams = Seams.system();
        var database = Assembly.open(config, seams);
        var mortal = (SystemDatabase) Proxy.newProxyInstance(
                MortalRuntime.class.getClassLoader(), new Class<?>[] {SystemDatabase.class}, (proxy, method, arguments) -> {
                    if (dead.get()) throw new SystemDatabaseException(SystemDatabaseException.Kind.UNAVAILABLE, "killed");
                    try {
                        return method.invoke(database, arguments);
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
        return new MortalRuntime(DBOSRuntime.create(config, seams, mortal).register(workflows).launch(), dead);
    }

    void kill() {
        dead.set(true);
    }

    void revive() {
        dead.set(false);
    }

    @Override
    public void close() {
        revive();
        dbos.close();
    }
}
