package dev.dbosj.store.memory;

import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.SystemDatabaseProvider;
import dev.dbosj.time.Time;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Opens {@code memory:}, a store of one's own, and {@code memory:name}, one that all of the process share by name. */
public final class MemoryProvider implements SystemDatabaseProvider {
    private static final String SCHEME = "memory:";
    private static final Map<String, SystemDatabase> SHARED = new ConcurrentHashMap<>();

    @Override
    public boolean accepts(String url) {
        return url.startsWith(SCHEME);
    }

    @Override
    public SystemDatabase open(String url, Time time) {
        var name = url.substring(SCHEME.length());
        return name.isEmpty()
                ? new MemorySystemDatabase(time)
                : SHARED.computeIfAbsent(name, n -> new MemorySystemDatabase(time));
    }
}
