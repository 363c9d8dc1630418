package dev.dbosj.code;

import dev.dbosj.json.GenericTypes;
import java.lang.annotation.Annotation;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A method as one class sees it: its declarations from the most specific override up to the base class or interface
 * that first named it. Bridges and the classes of proxies are passed over: they have neither types nor annotations.
 */
record Declarations(Class<?> owner, List<Method> methods) {
    // What Spring, Byte Buddy, Hibernate, Mockito and Quarkus put into the names of the classes that they generate.
    private static final List<String> MARKS_OF_PROXIES = List.of(
            "$$SpringCGLIB$$",
            "$$EnhancerBy",
            "$ByteBuddy$",
            "$HibernateProxy$",
            "$MockitoMock$",
            "_ClientProxy",
            "_Subclass");

    /** The given method, wherever it is declared, as the owner overrides it. */
    static Declarations of(Method method, Class<?> owner) {
        return of(method, owner, declared(owner));
    }

    private static Declarations of(Method method, Class<?> owner, List<Method> declared) {
        if (Modifier.isStatic(method.getModifiers()) || Modifier.isPrivate(method.getModifiers()))
            return new Declarations(owner, List.of(method));
        var parameters = parameters(method, owner);
        var overriding = declared.stream()
                .filter(other -> other.getName().equals(method.getName()) && areRelated(other, method))
                .filter(other -> parameters(other, owner).equals(parameters))
                .toList();
        return new Declarations(owner, overriding.isEmpty() ? List.of(method) : overriding);
    }

    /** The methods that carry the annotation, or override one that does; those of superclasses and interfaces too. */
    static Collection<Declarations> annotated(Class<?> owner, Class<? extends Annotation> annotation) {
        var found = new LinkedHashMap<Method, Declarations>();
        var declared = declared(owner);
        declared.stream()
                .filter(method -> method.isAnnotationPresent(annotation))
                .map(method -> of(method, owner, declared))
                .forEach(method -> found.putIfAbsent(method.method(), method));
        return found.values();
    }

    /** The method of the given name and exactly these erased parameter types; null if the class has none. */
    static Method find(Class<?> owner, String name, List<Class<?>> parameters) {
        return declared(owner).stream()
                .filter(method -> method.getName().equals(name)
                        && List.of(method.getParameterTypes()).equals(parameters))
                .findFirst()
                .orElse(null);
    }

    /** The one method of a functional interface. */
    static Method ofFunction(Class<?> function) {
        return Arrays.stream(function.getMethods())
                .filter(method -> Modifier.isAbstract(method.getModifiers()))
                .findFirst()
                .orElseThrow();
    }

    static boolean isProxy(Class<?> type) {
        return Proxy.isProxyClass(type)
                || type.isSynthetic()
                || MARKS_OF_PROXIES.stream().anyMatch(mark -> type.getName().contains(mark));
    }

    /** The name of a class for messages. */
    static String nameOf(Class<?> type) {
        return type.isAnonymousClass() ? type.getName() : type.getSimpleName();
    }

    /** The most specific one, which a call would run. */
    Method method() {
        return methods.getFirst();
    }

    <A extends Annotation> Optional<A> annotation(Class<A> type) {
        return methods.stream()
                .map(method -> method.getAnnotation(type))
                .filter(found -> found != null)
                .findFirst();
    }

    Type resultType() {
        return GenericTypes.resolve(method().getGenericReturnType(), owner);
    }

    List<Type> argumentTypes() {
        return Arrays.stream(method().getGenericParameterTypes())
                .map(type -> GenericTypes.resolve(type, owner))
                .toList();
    }

    List<Class<? extends Throwable>> exceptions() {
        return exceptions(method());
    }

    static List<Class<? extends Throwable>> exceptions(Executable method) {
        return Arrays.stream(method.getExceptionTypes())
                .<Class<? extends Throwable>>map(type -> type.asSubclass(Throwable.class))
                .toList();
    }

    private static List<Class<?>> parameters(Method method, Class<?> owner) {
        return Arrays.stream(method.getGenericParameterTypes())
                .<Class<?>>map(type -> GenericTypes.erase(GenericTypes.resolve(type, owner)))
                .toList();
    }

    /** A private method overrides nothing and is not overridden; one of package visibility only within its package. */
    private static boolean areRelated(Method one, Method other) {
        if (((one.getModifiers() | other.getModifiers()) & (Modifier.PRIVATE | Modifier.STATIC)) != 0) return false;
        var upper = one.getDeclaringClass().isAssignableFrom(other.getDeclaringClass()) ? one : other;
        return (upper.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) != 0
                || one.getDeclaringClass().getPackage()
                        == other.getDeclaringClass().getPackage();
    }

    private static List<Method> declared(Class<?> owner) {
        return supertypes(owner).stream()
                .filter(type -> !isProxy(type))
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .filter(method -> !method.isBridge() && !method.isSynthetic())
                .toList();
    }

    /** The class, its superclasses, then its interfaces, those of subclasses and sub-interfaces first. */
    private static Set<Class<?>> supertypes(Class<?> owner) {
        var found = new LinkedHashSet<Class<?>>();
        for (Class<?> type = owner; type != null; type = type.getSuperclass()) found.add(type);
        var pending = List.copyOf(found);
        while (!pending.isEmpty()) {
            pending = pending.stream()
                    .flatMap(type -> Arrays.stream(type.getInterfaces()))
                    .toList();
            // An interface that several others extend comes after the last of them.
            pending.forEach(found::remove);
            found.addAll(pending);
        }
        return found;
    }
}
