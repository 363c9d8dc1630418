package dev.dbosj.postgres;

import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.SystemDatabaseContract;
import dev.dbosj.time.Time;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * The contract is kept as well when every batch is taken to be out of the ordinary, and applied one by one, and when a
 * pooler stands between that forgets everything after each transaction.
 */
@EnabledIfEnvironmentVariable(named = "CI", matches = "true", disabledReason = "a build of one's own has less time")
class CarefulContractTest extends SystemDatabaseContract {
    private static final String URL = PostgresServer.freshDatabase();

    // The function's own settings and arguments stay; only what it does is replaced.
    private static final String REFUSE = """
            do $do$
            declare
                definition text := pg_get_functiondef('dbosj.apply_batch_v4'::regproc);
            begin
                execute regexp_replace(
                    definition, '\\mbegin\\M', 'begin raise exception ''refused'' using errcode = ''DBJ01'';');
            end
            $do$
            """;

    private final List<PooledConnections> pools = new ArrayList<>();

    CarefulContractTest() {
        PostgresServer.execute(URL, "drop schema if exists dbosj cascade");
    }

    @Override
    protected SystemDatabase open(Time time) {
        var pooled = new PooledConnections(URL);
        pools.add(pooled);
        var opened = DrivenClock.drive(new PostgresProvider().open(pooled, time), URL, time);
        InvocationHandler refusing = (proxy, method, arguments) -> {
            try {
                var result = method.invoke(opened, arguments);
                if (method.getName().equals("migrate")) PostgresServer.execute(URL, REFUSE);
                return result;
            } catch (InvocationTargetException failure) {
                throw failure.getCause();
            }
        };
        var type = SystemDatabase.class;
        return (SystemDatabase) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, refusing);
    }

    @AfterEach
    void closePools() throws SQLException {
        for (var pool : pools) pool.close();
    }
}
