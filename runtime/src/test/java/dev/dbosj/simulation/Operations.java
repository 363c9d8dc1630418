package dev.dbosj.simulation;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSClient;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.WorkflowStarter;
import dev.dbosj.workflow.WorkflowHandle;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The public operations that the simulation has to call. */
final class Operations {
    private static final List<Class<?>> DOORS =
            List.of(DBOS.class, DBOSRuntime.class, DBOSClient.class, WorkflowStarter.class, WorkflowHandle.class);

    /** What the simulation does not generate, and why. */
    private static final Map<String, String> LEFT_OUT = Map.of(
            "DBOS.launch(DBOSConfig,Object[])", "opens the real world; the simulation launches in its own",
            "DBOSRuntime.create(DBOSConfig)", "opens the real world",
            "DBOSClient.connect(String)", "opens the real world",
            "DBOSClient.connect(DataSource)", "opens the real world",
            "DBOSClient.connect(DBOSConfig)", "opens the real world",
            "DBOSClient.migrate(DBOSConfig)", "opens the real world",
            "DBOSClient.pendingMigrations(DBOSConfig)", "opens the real world");

    private Operations() {}

    static Set<String> thatAreGenerated() {
        return DOORS.stream()
                .flatMap(door -> Arrays.stream(door.getDeclaredMethods()))
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
                .map(Operations::signature)
                .filter(operation -> !LEFT_OUT.containsKey(operation))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String signature(Method method) {
        var parameters = Arrays.stream(method.getParameterTypes()).map(Class::getSimpleName);
        return method.getDeclaringClass().getSimpleName() + "." + method.getName()
                + parameters.collect(Collectors.joining(",", "(", ")"));
    }
}
