package dev.dbosj.code;

import dev.dbosj.exceptions.MisuseException;
import dev.dbosj.json.JsonCodec;
import dev.dbosj.workflow.Functions.Func1;
import dev.dbosj.workflow.Workflow;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Stand-in. */
public final class WorkflowRegistry {
    private final Map<String, WorkflowDefinition> byName = new TreeMap<>();

    public WorkflowRegistry(JsonCodec json) {}

    @SuppressWarnings("unchecked")
    public void register(Object target) {
        for (var method : target.getClass().getDeclaredMethods()) {
            var workflow = method.getAnnotation(Workflow.class);
            if (workflow == null) continue;
            var name = workflow.name().isEmpty() ? method.getName() : workflow.name();
            byName.put(name, new WorkflowDefinition(name, target, method, List.of(method.getGenericParameterTypes()),
                    method.getGenericReturnType(), List.of((Class<? extends Throwable>[]) method.getExceptionTypes()), workflow.maxRecoveryAttempts()));
        }
    }

    public void register(String instance, Object target) {
        register(target);
    }

    public void register(Class<?> type) {}

    public <A, R> Func1<A, R, RuntimeException> registerFunction(String name, Type argument, Type result, Func1<A, R, ?> function) {
        throw new MisuseException("not yet");
    }

    public WorkflowDefinition find(String name) {
        return byName.get(name);
    }

    public WorkflowDefinition of(MethodReference reference) {
        for (var definition : byName.values())
            if (definition.method().equals(reference.method) && definition.target() == reference.receiver) return definition;
        throw new MisuseException("no registered @Workflow: " + reference.method);
    }

    public Set<String> names() {
        return Set.copyOf(byName.keySet());
    }
}
