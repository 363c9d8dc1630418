package dev.dbosj.postgres;

import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.SystemDatabaseContract;
import dev.dbosj.time.Time;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** The contract is kept as well when every batch is taken to be out of the ordinary, and applied one by one. */
class CarefulContractTest extends SystemDatabaseContract {
    private static final String URL = PostgresServer.freshDatabase();

    // The function's own settings and arguments stay; only what it does is replaced.
    private static final String REFUSE = """
            do $do$
            declare
                definition text := pg_get_functiondef('dbosj.apply_batch'::regproc);
            begin
                execute regexp_replace(definition, '\\mbegin\\M', 'begin raise exception ''refused'' using errcode = ''DBJ01'';');
            end
            $do$
            """;

    CarefulContractTest() {
        PostgresServer.execute(URL, "drop schema if exists dbosj cascade");
    }

    @Override
    protected SystemDatabase open(Time time) {
        var opened = DrivenClock.drive(new PostgresProvider().open(URL, time), URL, time);
        var type = SystemDatabase.class;
        return (SystemDatabase) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            try {
                var result = method.invoke(opened, arguments);
                if (method.getName().equals("migrate")) PostgresServer.execute(URL, REFUSE);
                return result;
            } catch (InvocationTargetException failure) {
                throw failure.getCause();
            }
        });
    }
}
