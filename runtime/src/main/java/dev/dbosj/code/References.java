package dev.dbosj.code;

import dev.dbosj.exceptions.MisuseException;
import dev.dbosj.workflow.Workflow;
import java.util.List;

/** Which of the registered objects a method reference means, and what to say where it means none. */
final class References {
    private References() {}

    /** The one with the very receiver, or the only one that a proxy stands for. */
    static WorkflowDefinition choose(MethodReference reference, List<WorkflowDefinition> candidates) {
        for (var candidate : candidates) if (candidate.target() == reference.receiver()) return candidate;
        var behindProxy = candidates.stream()
                .filter(candidate -> isProxyPair(reference.receiver(), candidate.target()))
                .toList();
        return switch (behindProxy.size()) {
            case 0 ->
                throw new MisuseException(
                        ("%s: this object of %s is not registered, another one is: use that one, or register "
                                        + "this one under an instance name with register(\"name\", object)")
                                .formatted(
                                        reference.describe(),
                                        reference.receiver().getClass().getName()));
            case 1 -> behindProxy.getFirst();
            default ->
                throw new MisuseException(
                        "%s: the object is a proxy, and it is not clear for which of %s: start the workflow by name"
                                .formatted(
                                        reference.describe(),
                                        behindProxy.stream()
                                                .map(WorkflowDefinition::name)
                                                .toList()));
        };
    }

    static MisuseException lambda(MethodReference reference) {
        return new MisuseException(
                ("%s cannot be a workflow, because after a restart nothing finds it again: write this::method of a"
                    + " @Workflow method, or register it with registerWorkflow(name, …). The compiler also makes"
                    + " lambdas of super::method, of varargs methods, and of inherited methods whose class is not"
                    + " visible or whose declaration is protected elsewhere")
                        .formatted(reference.describe()));
    }

    static MisuseException unbound(MethodReference reference) {
        return new MisuseException("%s does not say on which object: write object::%s instead of %s::%s"
                .formatted(
                        reference.describe(),
                        reference.method().getName(),
                        Declarations.nameOf(reference.method().getDeclaringClass()),
                        reference.method().getName()));
    }

    static MisuseException unknown(MethodReference reference) {
        if (reference.declarations().annotation(Workflow.class).isEmpty())
            return new MisuseException(
                    "%s is not a workflow: annotate the method with @Workflow, or call it as a step with DBOS.runStep"
                            .formatted(reference.describe()));
        return new MisuseException("%s is not registered: call register(%s) before the launch"
                .formatted(
                        reference.describe(),
                        reference.receiver() == null
                                ? Declarations.nameOf(reference.method().getDeclaringClass()) + ".class"
                                : "the object of "
                                        + reference.receiver().getClass().getName()));
    }

    /** A container registers either of the two, and hands out either of the two. */
    private static boolean isProxyPair(Object one, Object other) {
        return isProxyOf(one.getClass(), other.getClass()) || isProxyOf(other.getClass(), one.getClass());
    }

    private static boolean isProxyOf(Class<?> proxy, Class<?> type) {
        Class<?> behind = proxy;
        while (behind != null && behind != type && Declarations.isProxy(behind)) behind = behind.getSuperclass();
        return behind == type && behind != proxy;
    }
}
