package dev.dbosj.lab.model;

import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.SystemDatabaseProvider;
import dev.dbosj.time.Time;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowStatus;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.ServiceLoader;

/** Opens {@code faulty-list:memory:name}: the store behind the second colon, with a fault. Public for the service loader. */
public final class FaultyProvider implements SystemDatabaseProvider {
    /** A listing by state leaves out the last row of a full page. */
    static final String LIST = "faulty-list:";
    /** A cancel forgets one of the children. */
    static final String CANCEL = "faulty-cancel:";

    @Override
    public boolean accepts(String url) {
        return url.startsWith(LIST) || url.startsWith(CANCEL);
    }

    @Override
    public SystemDatabase open(String url, Time time) {
        var behind = url.substring(url.indexOf(':') + 1);
        for (var provider : ServiceLoader.load(SystemDatabaseProvider.class))
            if (provider.accepts(behind)) return faulty(provider.open(behind, time), url.startsWith(LIST));
        throw new IllegalArgumentException(url);
    }

    private static SystemDatabase faulty(SystemDatabase database, boolean list) {
        var type = SystemDatabase.class;
        InvocationHandler handler = (proxy, method, arguments) -> {
            var result = call(database, method, arguments);
            var name = method.getName();
            if (list && name.equals("workflows")) return shortened((List<?>) result, (WorkflowFilter) arguments[0]);
            if (!list && name.equals("apply")) forgetOne(database, (List<?>) arguments[0]);
            return result;
        };
        return (SystemDatabase) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
    }

    private static Object call(SystemDatabase database, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(database, arguments);
        } catch (InvocationTargetException failure) {
            throw failure.getCause();
        }
    }

    private static List<?> shortened(List<?> rows, WorkflowFilter filter) {
        boolean hit = !filter.states().isEmpty() && filter.limit() < 100 && rows.size() == filter.limit();
        return hit ? rows.subList(0, rows.size() - 1) : rows;
    }

    private static void forgetOne(SystemDatabase database, List<?> batch) {
        for (var command : batch) {
            if (!(((Command) command).effect() instanceof Effect.Change change)) continue;
            if (change.amendment() != Effect.Amendment.CANCEL) continue;
            var child = database.workflows(WorkflowFilter.all().parentId(change.workflowIds().getFirst()).limit(1)).stream()
                    .map(WorkflowStatus::workflowId)
                    .toList();
            if (!child.isEmpty()) database.apply(List.of(resume(change.nonce() + 1, child)));
        }
    }

    private static Command resume(long nonce, List<String> ids) {
        return new Command(null, null, new Effect.Change(nonce, ids, Effect.Amendment.RESUME));
    }
}
