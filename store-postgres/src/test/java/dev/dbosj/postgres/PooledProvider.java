package dev.dbosj.postgres;

import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.SystemDatabaseProvider;
import dev.dbosj.time.Time;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import javax.sql.DataSource;

/** Opens {@code pooled:postgresql://…}: that database behind a transaction pooler. For tests that only take a URL. */
public final class PooledProvider implements SystemDatabaseProvider {
    private static final String SCHEME = "pooled:";

    /** The same database behind a pooler. */
    public static String url(String url) {
        return SCHEME + url;
    }

    @Override
    public boolean accepts(String url) {
        return url.startsWith(SCHEME);
    }

    @Override
    public SystemDatabase open(String url, Time time) {
        var pooled = new PooledConnections(url.substring(SCHEME.length()));
        var database = new PostgresProvider().open(pooled, time);
        var type = SystemDatabase.class;
        return (SystemDatabase) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            try {
                return method.invoke(database, arguments);
            } catch (InvocationTargetException failure) {
                throw failure.getCause();
            } finally {
                if (method.getName().equals("close")) pooled.close();
            }
        });
    }

    @Override
    public SystemDatabase open(DataSource connections, Time time) {
        return null;
    }
}
