package dev.dbosj.code;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Method;

/** Stand-in. */
public final class MethodReference {
    final Method method;
    final Object receiver;
    final boolean lambda;
    final Serializable function;

    private MethodReference(Serializable function, SerializedLambda data) {
        try {
            this.function = function;
            receiver = data.getCapturedArgCount() > 0 ? data.getCapturedArg(0) : null;
            lambda = data.getImplMethodName().startsWith("lambda$");
            var owner = Class.forName(data.getImplClass().replace('/', '.'), false, function.getClass().getClassLoader());
            Method found = null;
            for (var candidate : owner.getDeclaredMethods())
                if (candidate.getName().equals(data.getImplMethodName())
                        && java.lang.invoke.MethodType.methodType(candidate.getReturnType(), candidate.getParameterTypes())
                                .toMethodDescriptorString().equals(data.getImplMethodSignature())) found = candidate;
            method = found;
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    public static MethodReference of(Serializable function) {
        var seen = new SerializedLambda[1];
        try (var out = new ObjectOutputStream(new ByteArrayOutputStream()) {
            {
                enableReplaceObject(true);
            }

            @Override
            protected Object replaceObject(Object object) {
                if (object instanceof SerializedLambda data) {
                    seen[0] = data;
                    return "";
                }
                return object;
            }
        }) {
            out.writeObject(function);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return seen[0] == null ? null : new MethodReference(function, seen[0]);
    }
}
