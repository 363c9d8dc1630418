package dev.dbosj.json;

import com.google.gson.JsonParseException;
import dev.dbosj.exceptions.PayloadException;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** How the values of a record or a class are taken out and put in. */
sealed interface Shape {
    /** What one value is called and declared as. */
    record Member(String name, Type type) {}

    List<Member> members();

    Object get(Object target, int index);

    Object create(Object[] values, boolean[] present);

    /** The canonical constructor and the accessors of a record. */
    static Shape ofRecord(Class<?> type) {
        var components = type.getRecordComponents();
        var classes = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            var constructor = type.getDeclaredConstructor(classes);
            Access.open(constructor, type, PayloadException::new);
            return new Record(type, constructor, components);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("record " + type.getName() + " has no canonical constructor", e);
        }
    }

    /**
     * The constructor without arguments and the fields of a class, those of its superclasses first.
     *
     * @throws PayloadException if there is no such constructor, or a field is final or hidden by another
     */
    static Shape ofClass(Class<?> type) {
        var fields = new ArrayList<Field>();
        var names = new HashSet<String>();
        for (Class<?> each = type; each != Object.class; each = each.getSuperclass()) {
            fields.addAll(0, storedFields(each));
        }
        for (var field : fields) {
            if (Modifier.isFinal(field.getModifiers()))
                throw new PayloadException("field %s of %s is final: make the class a record, or the field transient"
                        .formatted(field.getName(), type.getName()));
            if (!names.add(field.getName()))
                throw new PayloadException("%s has two fields named %s, its own and that of a superclass: rename one"
                        .formatted(type.getName(), field.getName()));
            Access.open(field, field.getDeclaringClass(), PayloadException::new);
        }
        try {
            var constructor = type.getDeclaredConstructor();
            Access.open(constructor, type, PayloadException::new);
            return new Bean(type, constructor, fields.toArray(Field[]::new));
        } catch (NoSuchMethodException e) {
            throw new PayloadException(
                    "%s has no constructor without arguments: make it a record, or add one".formatted(type.getName()),
                    e);
        }
    }

    private static List<Field> storedFields(Class<?> type) {
        return Arrays.stream(type.getDeclaredFields())
                .filter(field -> !field.isSynthetic())
                .filter(field -> (field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0)
                .toList();
    }

    private static JsonParseException refused(Class<?> type, InvocationTargetException e) {
        return new JsonParseException(
                "%s refuses its values: %s".formatted(type.getName(), e.getCause()), e.getCause());
    }

    /** A record. */
    final class Record implements Shape {
        private final Class<?> type;
        private final Constructor<?> constructor;
        private final RecordComponent[] components;
        private final Method[] accessors;

        private Record(Class<?> type, Constructor<?> constructor, RecordComponent[] components) {
            this.type = type;
            this.constructor = constructor;
            this.components = components;
            this.accessors =
                    Arrays.stream(components).map(RecordComponent::getAccessor).toArray(Method[]::new);
            for (var accessor : accessors) Access.open(accessor, type, PayloadException::new);
        }

        @Override
        public List<Member> members() {
            return Arrays.stream(components)
                    .map(c -> new Member(c.getName(), c.getGenericType()))
                    .toList();
        }

        @Override
        public Object get(Object target, int index) {
            try {
                return accessors[index].invoke(target);
            } catch (InvocationTargetException e) {
                throw refused(type, e);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Object create(Object[] values, boolean[] present) {
            for (int i = 0; i < values.length; i++) {
                if (present[i]) continue;
                if (components[i].getType().isPrimitive())
                    throw new JsonParseException(
                            "component \"%s\" of %s is missing, and a primitive has no null: if it was "
                                            .formatted(components[i].getName(), type.getName())
                                    + "added later, declare it as %s, which is then read as null"
                                            .formatted(MethodType.methodType(components[i].getType())
                                                    .wrap()
                                                    .returnType()
                                                    .getSimpleName()));
                if (components[i].getType() == Optional.class) values[i] = Optional.empty();
            }
            try {
                return constructor.newInstance(values);
            } catch (InvocationTargetException e) {
                throw refused(type, e);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** A class; a field that is missing in the JSON keeps what the constructor gave it. */
    final class Bean implements Shape {
        private final Class<?> type;
        private final Constructor<?> constructor;
        private final Field[] fields;

        private Bean(Class<?> type, Constructor<?> constructor, Field[] fields) {
            this.type = type;
            this.constructor = constructor;
            this.fields = fields;
        }

        @Override
        public List<Member> members() {
            return Arrays.stream(fields)
                    .map(f -> new Member(f.getName(), f.getGenericType()))
                    .toList();
        }

        @Override
        public Object get(Object target, int index) {
            try {
                return fields[index].get(target);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Object create(Object[] values, boolean[] present) {
            try {
                var target = constructor.newInstance();
                for (int i = 0; i < fields.length; i++) if (present[i]) fields[i].set(target, values[i]);
                return target;
            } catch (InvocationTargetException e) {
                throw refused(type, e);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
