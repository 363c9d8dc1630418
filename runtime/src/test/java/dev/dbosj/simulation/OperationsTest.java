package dev.dbosj.simulation;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every public operation is called by the simulation: a new one without a generator fails here. */
class OperationsTest {
    private static final int SEEDS = 150;
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

    @Test
    void everyPublicOperationIsCalled() {
        new Simulation().run(0, SEEDS);
        var expected = DOORS.stream()
                .flatMap(door -> Arrays.stream(door.getDeclaredMethods()))
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
                .map(OperationsTest::signature)
                .filter(operation -> !LEFT_OUT.containsKey(operation))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(Coverage.called()).containsExactlyElementsOf(expected);
    }

    private static String signature(Method method) {
        var parameters = Arrays.stream(method.getParameterTypes()).map(Class::getSimpleName);
        return method.getDeclaringClass().getSimpleName() + "." + method.getName()
                + parameters.collect(Collectors.joining(",", "(", ")"));
    }
}
