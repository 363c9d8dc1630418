package dev.dbosj.code;

import dev.dbosj.exceptions.MisuseException;
import dev.dbosj.json.Access;
import dev.dbosj.workflow.RetryPolicy;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.List;

/**
 * A workflow that can be run by name. A registered function is one, too: its target is the function and its method is
 * the {@code call} of {@link dev.dbosj.workflow.Functions.Func1}.
 *
 * @param name as stored; {@code name@instance} for an object registered under an instance name
 * @param target the object whose method it is, null for a static method
 * @param method the method, of any visibility
 * @param argumentTypes the generic types of its arguments, seen from the target's class
 * @param resultType the generic type of its result, {@code void.class} if it has none
 * @param exceptions what it declares to throw
 * @param maxRecoveryAttempts how often it may lose its executor without getting ahead, 1 to 1,000
 * @param retries what it says itself about further attempts; null to let its queue say it
 */
public record WorkflowDefinition(
        String name,
        Object target,
        Method method,
        List<Type> argumentTypes,
        Type resultType,
        List<Class<? extends Throwable>> exceptions,
        int maxRecoveryAttempts,
        RetryPolicy retries) {

    private static final int MAX_RECOVERY_ATTEMPTS = 1000;

    /** @throws MisuseException if maxRecoveryAttempts is out of range, or the module of the class does not open it */
    public WorkflowDefinition {
        argumentTypes = List.copyOf(argumentTypes);
        exceptions = List.copyOf(exceptions);
        if (maxRecoveryAttempts < 1 || maxRecoveryAttempts > MAX_RECOVERY_ATTEMPTS)
            throw new MisuseException("workflow '%s': maxRecoveryAttempts %d is outside 1..%d"
                    .formatted(name, maxRecoveryAttempts, MAX_RECOVERY_ATTEMPTS));
        Access.open(
                method,
                method.getDeclaringClass(),
                missing -> new MisuseException("workflow '%s': %s".formatted(name, missing)));
    }

    /** Runs the method. @throws Throwable what the method throws */
    public Object invoke(Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** For messages: {@code Ingest.indexAll}. */
    String describe() {
        return Declarations.nameOf(method.getDeclaringClass()) + "." + method.getName();
    }
}
