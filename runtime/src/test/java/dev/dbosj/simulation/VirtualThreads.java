package dev.dbosj.simulation;

import java.lang.reflect.Constructor;
import java.util.concurrent.Executor;

/**
 * Real virtual threads whose continuations are run by an executor of ours. The JDK keeps that constructor to itself, so
 * the tests open {@code java.lang}.
 */
final class VirtualThreads {
    private static final String NAME = "java.lang.ThreadBuilders$VirtualThreadBuilder";
    private static final Constructor<?> BUILDER = builder();

    private VirtualThreads() {}

    /** A builder of virtual threads: each time that one can go on, its continuation is handed to the executor. */
    static Thread.Builder.OfVirtual on(Executor scheduler) {
        try {
            return (Thread.Builder.OfVirtual) BUILDER.newInstance(scheduler);
        } catch (ReflectiveOperationException e) {
            throw unusable("its constructor failed", e);
        }
    }

    private static Constructor<?> builder() {
        try {
            for (var constructor : Class.forName(NAME).getDeclaredConstructors()) {
                var parameters = constructor.getParameterTypes();
                if (parameters.length != 1 || !parameters[0].isAssignableFrom(Executor.class)) continue;
                constructor.setAccessible(true);
                return constructor;
            }
            throw unusable("no constructor takes an Executor", null);
        } catch (ClassNotFoundException e) {
            throw unusable("there is no " + NAME, e);
        } catch (RuntimeException inaccessible) {
            throw unusable("run the tests with --add-opens java.base/java.lang=ALL-UNNAMED", inaccessible);
        }
    }

    private static IllegalStateException unusable(String reason, Throwable cause) {
        var message = "JDK %s cannot run virtual threads on the simulation's scheduler: %s";
        return new IllegalStateException(message.formatted(Runtime.version(), reason), cause);
    }
}
