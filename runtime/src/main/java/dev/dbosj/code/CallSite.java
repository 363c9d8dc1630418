package dev.dbosj.code;

import dev.dbosj.code.MethodReference.Target;
import dev.dbosj.exceptions.MisuseException;
import dev.dbosj.workflow.Functions;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One place in the code where a method reference or a lambda stands. The virtual machine gives each its own class. */
final class CallSite {
    private volatile Shape shape;

    /** What the compiler wrote down about the call site. */
    private sealed interface Shape {
        /** {@code object::method}: the class of the receiver decides which method runs. */
        record Bound(ClassValue<Target> targets) implements Shape {}

        /** Everything else: the same for each call. */
        record Fixed(Target target) implements Shape {}
    }

    Object receiver(Serializable function) {
        return shape(function) instanceof Shape.Bound
                ? ((SerializedLambda) replacement(function)).getCapturedArg(0)
                : null;
    }

    Target target(Serializable function, Object receiver) {
        return switch (shape(function)) {
            case Shape.Bound bound -> bound.targets().get(receiver.getClass());
            case Shape.Fixed fixed -> fixed.target();
        };
    }

    private Shape shape(Serializable function) {
        var known = shape;
        if (known == null) shape = known = read(function);
        return known;
    }

    private static Shape read(Serializable function) {
        if (!(replacement(function) instanceof SerializedLambda lambda))
            return new Shape.Fixed(ofObject(function.getClass()));
        try {
            return new Compiled(lambda, function.getClass().getClassLoader()).shape();
        } catch (ClassNotFoundException | TypeNotPresentException e) {
            throw new MisuseException(
                    "cannot read the method reference in "
                            + lambda.getCapturingClass().replace('/', '.'),
                    e);
        }
    }

    /**
     * What Java would write in place of the function: for a lambda its SerializedLambda. The stream drops it, so nothing
     * captured is written, and asks for it with the rights of serialization, so no module has to be opened.
     */
    private static Object replacement(Serializable function) {
        try (var reader = new Reader()) {
            reader.writeObject(function);
            return reader.replacement;
        } catch (IOException e) {
            throw new MisuseException(
                    "cannot read the method reference " + function.getClass().getName(), e);
        }
    }

    private static final class Reader extends ObjectOutputStream {
        private Object replacement;

        Reader() throws IOException {
            super(OutputStream.nullOutputStream());
            enableReplaceObject(true);
        }

        @Override
        protected Object replaceObject(Object object) {
            replacement = object;
            return null;
        }
    }

    /** An object of a class that implements one of our functions. */
    private static Target ofObject(Class<?> type) {
        var function = Arrays.stream(Functions.class.getDeclaredClasses())
                .filter(candidate -> candidate.isAssignableFrom(type))
                .findFirst()
                .orElseThrow(() -> new MisuseException(type.getName() + " is none of dev.dbosj.workflow.Functions"));
        var call = Declarations.of(Declarations.ofFunction(function), type);
        return new Target(
                null,
                false,
                call.resultType(),
                call.argumentTypes(),
                call.exceptions(),
                "an object of " + type.getName());
    }

    /** Without the SerializedLambda itself, which would keep the first receiver alive. */
    private static final class Compiled {
        private final Class<?> owner;
        private final String name;
        private final int kind;
        private final boolean capturesReceiver;
        private final boolean returnsNothing;
        private final MethodType signature;
        private final MethodType instantiated;

        Compiled(SerializedLambda lambda, ClassLoader loader) throws ClassNotFoundException {
            owner = Class.forName(lambda.getImplClass().replace('/', '.'), false, loader);
            name = lambda.getImplMethodName();
            kind = lambda.getImplMethodKind();
            capturesReceiver = kind != MethodHandleInfo.REF_invokeStatic && lambda.getCapturedArgCount() == 1;
            returnsNothing = lambda.getFunctionalInterfaceMethodSignature().endsWith(")V");
            signature = MethodType.fromMethodDescriptorString(lambda.getImplMethodSignature(), loader);
            instantiated = MethodType.fromMethodDescriptorString(lambda.getInstantiatedMethodType(), loader);
        }

        Shape shape() {
            if (kind == MethodHandleInfo.REF_newInvokeSpecial)
                return new Shape.Fixed(
                        unnamed("a constructor reference to " + Declarations.nameOf(owner), constructor()));
            var method = Declarations.find(owner, name, signature.parameterList());
            if (method == null)
                return new Shape.Fixed(unnamed("a lambda in " + Declarations.nameOf(owner), synthetic()));
            if (!capturesReceiver)
                return new Shape.Fixed(named(method, owner, kind != MethodHandleInfo.REF_invokeStatic));
            return new Shape.Bound(new ClassValue<>() {
                @Override
                protected Target computeValue(Class<?> receiver) {
                    return named(method, receiver, false);
                }
            });
        }

        private Target named(Method method, Class<?> receiver, boolean unbound) {
            var seen = Declarations.of(method, receiver);
            var declared = seen.argumentTypes();
            var arguments =
                    unbound ? Stream.concat(Stream.of(owner), declared.stream()).toList() : declared;
            var exact = IntStream.range(0, arguments.size())
                    .mapToObj(i -> exact(arguments.get(i), instantiated.parameterType(i)))
                    .toList();
            var result = returnsNothing ? void.class : exact(seen.resultType(), instantiated.returnType());
            var description = Declarations.nameOf(method.getDeclaringClass()) + "." + method.getName();
            return new Target(seen, unbound, result, exact, seen.exceptions(), description);
        }

        private Target unnamed(String description, Executable method) {
            var result = returnsNothing ? void.class : instantiated.returnType();
            return new Target(
                    null,
                    false,
                    result,
                    List.copyOf(instantiated.parameterList()),
                    Declarations.exceptions(method),
                    description);
        }

        /** A type variable that the method leaves open may be fixed where the reference stands. */
        private static Type exact(Type declared, Class<?> here) {
            boolean says =
                    declared instanceof TypeVariable<?> && here != Object.class && here.getTypeParameters().length == 0;
            return says ? here : declared;
        }

        private Executable constructor() {
            return first(Stream.of(owner.getDeclaredConstructors()));
        }

        private Executable synthetic() {
            return first(Stream.of(owner.getDeclaredMethods())
                    .filter(method -> method.getName().equals(name)));
        }

        private Executable first(Stream<? extends Executable> candidates) {
            return candidates
                    .filter(candidate -> List.of(candidate.getParameterTypes()).equals(signature.parameterList()))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
