package dev.dbosj.code;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.List;

/** Stand-in. */
public record WorkflowDefinition(
        String name, Object target, Method method, List<Type> argumentTypes, Type resultType,
        List<Class<? extends Throwable>> exceptions, int maxRecoveryAttempts) {
    public Object invoke(Object[] arguments) throws Throwable {
        try {
            method.setAccessible(true);
            return method.invoke(target, arguments);
        } catch (InvocationTargetException failure) {
            throw failure.getCause();
        }
    }
}
