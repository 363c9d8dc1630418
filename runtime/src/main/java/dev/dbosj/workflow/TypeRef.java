package dev.dbosj.workflow;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;

/**
 * Names a generic type where Java erased it: {@code new TypeRef<List<Page>>() {}}.
 *
 * @param <T> the type it names
 */
public abstract class TypeRef<T> {
    private final Type type;

    /** @throws IllegalStateException if the subclass does not name T, or names a type variable */
    protected TypeRef() {
        if (!(getClass().getGenericSuperclass() instanceof ParameterizedType parameterized)
                || parameterized.getRawType() != TypeRef.class)
            throw new IllegalStateException("write new TypeRef<List<Page>>() {} with the type between the brackets");
        type = parameterized.getActualTypeArguments()[0];
    }

    /** The named type. */
    public final Type type() {
        return type;
    }
}
