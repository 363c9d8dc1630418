package dev.dbosj.json;

import dev.dbosj.exceptions.PayloadException;
import java.lang.reflect.Modifier;
import java.util.Calendar;
import java.util.Collection;
import java.util.Date;
import java.util.Map;
import java.util.stream.BaseStream;

/** Which classes cannot be stored as objects with fields or as sealed types of such, and what to use instead. */
final class Refusals {
    private Refusals() {}

    /** @throws PayloadException with a clause that names the class, the reason and the remedy */
    static void check(Class<?> type) {
        var reason = reason(type);
        if (reason != null) throw new PayloadException(type.getName() + " " + reason);
    }

    private static String reason(Class<?> type) {
        if (type == Class.class) return "is code, not data: store a name and look the class up yourself";
        if (Throwable.class.isAssignableFrom(type)) return "is an exception, not data: throw it, or store its message";
        if (BaseStream.class.isAssignableFrom(type)) return "is read only once: collect it into a List";
        if (Thread.class.isAssignableFrom(type) || AutoCloseable.class.isAssignableFrom(type))
            return "is a resource of this process: store what is needed to open it again, or its content";
        if (Date.class.isAssignableFrom(type) || Calendar.class.isAssignableFrom(type))
            return "is a date of the old kind: use java.time.Instant";
        if (Map.class.isAssignableFrom(type)) return "may lose its nature: declare Map or SortedMap";
        if (Collection.class.isAssignableFrom(type)) return "may lose its nature: declare List, Set or SortedSet";
        if (isFunction(type)) return "is a function, not data: pass the data that it would work on";
        boolean isAbstract = Modifier.isAbstract(type.getModifiers());
        if (isAbstract && type.isSealed()) return null;
        if (isAbstract)
            return "is open: JSON does not say which subclass a value has. Name a record or class, or seal it";
        if (type.isSealed()) return "is sealed but not abstract: make it an interface or an abstract class";
        if (isInner(type)) return "belongs to an object around it: make it static, or a record";
        var foreign = platformClass(type);
        if (foreign == type)
            return "is a class of the JDK without a JSON form: store a text or a record of your own instead";
        return foreign == null
                ? null
                : "extends " + foreign.getName() + ", whose fields cannot be stored: make it a record";
    }

    private static boolean isFunction(Class<?> type) {
        return type.isAnnotationPresent(FunctionalInterface.class);
    }

    private static boolean isInner(Class<?> type) {
        return type.isAnonymousClass()
                || (type.isMemberClass() || type.isLocalClass()) && !Modifier.isStatic(type.getModifiers());
    }

    /** The first class of the JDK among the type and its superclasses, Object apart. */
    private static Class<?> platformClass(Class<?> type) {
        for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass())
            if (isPlatform(each)) return each;
        return null;
    }

    private static boolean isPlatform(Class<?> type) {
        var loader = type.getClassLoader();
        return loader == null || loader == ClassLoader.getPlatformClassLoader();
    }
}
