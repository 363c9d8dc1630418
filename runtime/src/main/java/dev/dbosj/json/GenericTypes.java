package dev.dbosj.json;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Fills type variables in: what {@code T} of a base class or interface is, seen from one of its subtypes. */
public final class GenericTypes {
    private GenericTypes() {}

    /**
     * The type with every class-level type variable replaced that the context knows, and every wildcard by its bound.
     *
     * @param context the class or parameterized type from which the type is looked at
     */
    public static Type resolve(Type type, Type context) {
        return switch (type) {
            case TypeVariable<?> variable
            when variable.getGenericDeclaration() instanceof Class<?> owner ->
                argument(variable, supertype(context, owner));
            case ParameterizedType generic -> {
                var arguments = new Type[generic.getActualTypeArguments().length];
                Arrays.setAll(arguments, i -> resolve(generic.getActualTypeArguments()[i], context));
                yield Arrays.equals(arguments, generic.getActualTypeArguments())
                        ? generic
                        : new Parameterized(
                                (Class<?>) generic.getRawType(), generic.getOwnerType(), List.of(arguments));
            }
            case GenericArrayType array -> {
                var component = resolve(array.getGenericComponentType(), context);
                yield component instanceof Class<?> plain ? plain.arrayType() : new GenericArray(component);
            }
            case WildcardType wildcard -> resolve(bound(wildcard), context);
            default -> type;
        };
    }

    /** The class that is left of a type at run time. */
    public static Class<?> erase(Type type) {
        return switch (type) {
            case Class<?> plain -> plain;
            case ParameterizedType generic -> (Class<?>) generic.getRawType();
            case GenericArrayType array ->
                erase(array.getGenericComponentType()).arrayType();
            case TypeVariable<?> variable -> erase(variable.getBounds()[0]);
            case WildcardType wildcard -> erase(wildcard.getUpperBounds()[0]);
            default -> throw new IllegalArgumentException("unknown kind of type: " + type);
        };
    }

    /**
     * The subclass with its type parameters chosen so that it is a subtype of the given type: {@code Ok<String>} for
     * {@code Ok<T> implements Result<T>} and {@code Result<String>}. Parameters that the type does not fix stay open.
     */
    static Type subtype(Class<?> subclass, Type type) {
        var parameters = subclass.getTypeParameters();
        if (parameters.length == 0) return subclass;
        Map<Type, Type> chosen = new HashMap<>();
        match(supertype(parameterized(subclass, List.of(parameters)), erase(type)), type, chosen);
        var arguments =
                Arrays.stream(parameters).map(p -> chosen.getOrDefault(p, p)).toList();
        return parameterized(subclass, arguments);
    }

    /** Notes which types the variables of the pattern must be so that it becomes the given type. */
    private static void match(Type pattern, Type type, Map<Type, Type> chosen) {
        if (pattern instanceof TypeVariable<?>) {
            chosen.put(pattern, type);
        } else if (pattern instanceof ParameterizedType generic
                && type instanceof ParameterizedType given
                && generic.getRawType() == given.getRawType()) {
            for (int i = 0; i < given.getActualTypeArguments().length; i++)
                match(generic.getActualTypeArguments()[i], given.getActualTypeArguments()[i], chosen);
        }
    }

    private static Type parameterized(Class<?> raw, List<? extends Type> arguments) {
        return new Parameterized(raw, raw.getDeclaringClass(), List.copyOf(arguments));
    }

    private static Type bound(WildcardType wildcard) {
        return wildcard.getLowerBounds().length > 0 ? wildcard.getLowerBounds()[0] : wildcard.getUpperBounds()[0];
    }

    private static Type argument(TypeVariable<?> variable, Type owner) {
        if (!(owner instanceof ParameterizedType generic)) return variable;
        int index = Arrays.asList(erase(owner).getTypeParameters()).indexOf(variable);
        return generic.getActualTypeArguments()[index];
    }

    /** The given class as the context extends it, or null if it does not. */
    private static Type supertype(Type context, Class<?> wanted) {
        var raw = erase(context);
        if (raw == wanted) return context;
        var parents = new ArrayList<Type>(Arrays.asList(raw.getGenericInterfaces()));
        if (raw.getGenericSuperclass() != null) parents.addFirst(raw.getGenericSuperclass());
        return parents.stream()
                .filter(parent -> wanted.isAssignableFrom(erase(parent)))
                .findFirst()
                .map(parent -> supertype(resolve(parent, context), wanted))
                .orElse(null);
    }

    /** Equal to the JDK's own, so that both find the same cache entry. */
    private record Parameterized(Class<?> raw, Type owner, List<Type> arguments) implements ParameterizedType {
        @Override
        public Type[] getActualTypeArguments() {
            return arguments.toArray(Type[]::new);
        }

        @Override
        public Type getRawType() {
            return raw;
        }

        @Override
        public Type getOwnerType() {
            return owner;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof ParameterizedType that
                    && raw.equals(that.getRawType())
                    && Objects.equals(owner, that.getOwnerType())
                    && Arrays.equals(getActualTypeArguments(), that.getActualTypeArguments());
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(getActualTypeArguments()) ^ Objects.hashCode(owner) ^ raw.hashCode();
        }

        @Override
        public String toString() {
            var names = arguments.stream().map(Type::getTypeName).toList();
            return raw.getName() + "<" + String.join(", ", names) + ">";
        }
    }

    private record GenericArray(Type component) implements GenericArrayType {
        @Override
        public Type getGenericComponentType() {
            return component;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof GenericArrayType that && component.equals(that.getGenericComponentType());
        }

        @Override
        public int hashCode() {
            return component.hashCode();
        }

        @Override
        public String toString() {
            return component.getTypeName() + "[]";
        }
    }
}
