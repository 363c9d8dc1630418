package dev.dbosj.workflow;

import java.io.Serializable;

/**
 * Shapes of the method references and lambdas that dbosj takes. They are serializable only so that the method behind a
 * reference can be read; nothing that they capture is ever serialized.
 */
public final class Functions {
    private Functions() {}

    /** No argument, one result. */
    @FunctionalInterface
    public interface Func0<R, X extends Exception> extends Serializable {
        R call() throws X;
    }

    /** One argument, one result. */
    @FunctionalInterface
    public interface Func1<A, R, X extends Exception> extends Serializable {
        R call(A a) throws X;
    }

    /** Two arguments, one result. */
    @FunctionalInterface
    public interface Func2<A, B, R, X extends Exception> extends Serializable {
        R call(A a, B b) throws X;
    }

    /** Three arguments, one result. */
    @FunctionalInterface
    public interface Func3<A, B, C, R, X extends Exception> extends Serializable {
        R call(A a, B b, C c) throws X;
    }

    /** No argument, no result. */
    @FunctionalInterface
    public interface Proc0<X extends Exception> extends Serializable {
        void call() throws X;
    }

    /** One argument, no result. */
    @FunctionalInterface
    public interface Proc1<A, X extends Exception> extends Serializable {
        void call(A a) throws X;
    }

    /** Two arguments, no result. */
    @FunctionalInterface
    public interface Proc2<A, B, X extends Exception> extends Serializable {
        void call(A a, B b) throws X;
    }

    /** Three arguments, no result. */
    @FunctionalInterface
    public interface Proc3<A, B, C, X extends Exception> extends Serializable {
        void call(A a, B b, C c) throws X;
    }
}
