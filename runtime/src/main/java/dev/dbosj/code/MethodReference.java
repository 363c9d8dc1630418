package dev.dbosj.code;

import dev.dbosj.exceptions.MisuseException;
import java.io.Serializable;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Objects;

/**
 * The method behind a method reference: {@code this::download}. A lambda, a reference to a constructor and an object of
 * a class of its own have no method, only a result type. Immutable; made in about a microsecond.
 */
public final class MethodReference {
    // Held by the class of the call site itself, so that it goes when the class goes.
    private static final ClassValue<CallSite> CALL_SITES = new ClassValue<>() {
        @Override
        protected CallSite computeValue(Class<?> type) {
            return new CallSite();
        }
    };

    private final Serializable function;
    private final Object receiver;
    private final Target target;

    private MethodReference(Serializable function, Object receiver, Target target) {
        this.function = function;
        this.receiver = receiver;
        this.target = target;
    }

    /**
     * Reads what the function refers to. Nothing that it captures is serialized.
     *
     * @param function one of {@link dev.dbosj.workflow.Functions}
     */
    public static MethodReference of(Serializable function) {
        var site = CALL_SITES.get(
                Objects.requireNonNull(function, "the method reference is null").getClass());
        var receiver = site.receiver(function);
        return new MethodReference(function, receiver, site.target(function, receiver));
    }

    /** Whether no method with a name is behind it. The compiler makes lambdas of {@code super::m} and varargs, too. */
    public boolean isLambda() {
        return target.declarations() == null;
    }

    /**
     * The method that a call would run: the one that overrides it in the receiver's class.
     *
     * @throws MisuseException if this is a lambda
     */
    public Method method() {
        return declarations().method();
    }

    /** The object left of the {@code ::}; null for a static method, and where only a class stands there. */
    public Object receiver() {
        return receiver;
    }

    /** Whether it is an instance method left of whose {@code ::} a class stands: the first argument is the receiver. */
    public boolean isUnbound() {
        return target.unbound();
    }

    /**
     * The generic result type as the receiver's class sees it; that of a lambda without its type arguments, which Java
     * does not keep. {@code void.class} if the function returns nothing.
     */
    public Type resultType() {
        return target.resultType();
    }

    /** The generic types of the function's arguments, in the same way. */
    public List<Type> argumentTypes() {
        return target.argumentTypes();
    }

    /** What the method declares to throw; for a lambda, what its call declares. */
    public List<Class<? extends Throwable>> exceptions() {
        return target.exceptions();
    }

    /**
     * Equal for two references to the same method of the very same object, wherever they stand.
     *
     * @throws MisuseException if this is a lambda
     */
    public Object identity() {
        return new Identity(method(), receiver);
    }

    private record Identity(Method method, Object receiver) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Identity same && method.equals(same.method) && receiver == same.receiver;
        }

        @Override
        public int hashCode() {
            return 31 * method.hashCode() + System.identityHashCode(receiver);
        }
    }

    /** For messages: {@code Ingest.download}, {@code a lambda in Ingest}. */
    public String describe() {
        return target.description();
    }

    @Override
    public String toString() {
        return describe();
    }

    Declarations declarations() {
        if (isLambda()) throw new MisuseException(describe() + " has no method with a name");
        return target.declarations();
    }

    Serializable function() {
        return function;
    }

    /**
     * What is the same for every call of one call site, given the receiver's class.
     *
     * @param declarations the method, null for a lambda
     */
    record Target(
            Declarations declarations,
            boolean unbound,
            Type resultType,
            List<Type> argumentTypes,
            List<Class<? extends Throwable>> exceptions,
            String description) {}
}
