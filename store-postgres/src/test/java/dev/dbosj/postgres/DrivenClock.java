package dev.dbosj.postgres;

import dev.dbosj.store.SystemDatabase;
import dev.dbosj.time.Time;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Instant;

/** Lets a test's clock be the clock of a database: before each call the database's is set to what the test's shows. */
final class DrivenClock {
    private final SystemDatabase database;
    private final String url;
    private final Time time;
    private Instant shown;

    private DrivenClock(SystemDatabase database, String url, Time time) {
        this.database = database;
        this.url = url;
        this.time = time;
    }

    static SystemDatabase drive(SystemDatabase database, String url, Time time) {
        var clock = new DrivenClock(database, url, time);
        var type = SystemDatabase.class;
        return (SystemDatabase) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, clock::call);
    }

    private Object call(Object proxy, Method method, Object[] arguments) throws Throwable {
        boolean hasClock = !method.getName().equals("migrate") && !method.getName().equals("close");
        if (hasClock) set(time.now());
        try {
            return method.invoke(database, arguments);
        } catch (InvocationTargetException failure) {
            throw failure.getCause();
        }
    }

    private void set(Instant now) {
        synchronized (DrivenClock.class) { // a function cannot be replaced by two at once
            if (now.equals(shown)) return;
            PostgresServer.execute(url, """
                    create or replace function dbosj.now_ms() returns bigint language sql volatile return %d::bigint
                    """.formatted(now.toEpochMilli()));
            shown = now;
        }
    }
}
