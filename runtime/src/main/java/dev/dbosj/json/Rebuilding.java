package dev.dbosj.json;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Makes an exception from its class, message and cause. */
final class Rebuilding {
    /** The usable constructors of a class: (String, Throwable) first, then (String), then (). */
    private static final ClassValue<List<Constructor<?>>> CONSTRUCTORS = new ClassValue<>() {
        @Override
        protected List<Constructor<?>> computeValue(Class<?> type) {
            if (Modifier.isAbstract(type.getModifiers())) return List.of();
            return Arrays.stream(type.getDeclaredConstructors())
                    .filter(constructor -> hasUsableShape(constructor.getParameterTypes()))
                    .filter(Constructor::trySetAccessible)
                    .sorted(Comparator.comparing((Constructor<?> constructor) -> -constructor.getParameterCount())
                            .thenComparing(constructor -> !takesAnyCause(constructor)))
                    .toList();
        }
    };

    private Rebuilding() {}

    /** Whether there is a constructor to try. An abstract class is never thrown itself. */
    static boolean isPossible(Class<? extends Throwable> type) {
        return Modifier.isAbstract(type.getModifiers())
                || !CONSTRUCTORS.get(type).isEmpty();
    }

    /** The exception with exactly this message, or, if no constructor gives it, with that of the first that works. */
    static Optional<Throwable> of(Class<? extends Throwable> type, String message, Throwable cause) {
        Throwable inexact = null;
        for (var constructor : CONSTRUCTORS.get(type)) {
            var rebuilt = exactly(constructor, message, cause);
            if (rebuilt != null && Objects.equals(rebuilt.getMessage(), message)) return Optional.of(rebuilt);
            if (inexact == null) inexact = rebuilt;
        }
        return Optional.ofNullable(inexact);
    }

    /**
     * Many constructors decorate what they are given ("Not found: " + name). Given the whole recorded message they would
     * decorate it once more at every turn, so the decoration is taken off first.
     */
    private static Throwable exactly(Constructor<?> constructor, String message, Throwable cause) {
        var first = call(constructor, message, cause);
        var decorated = first == null || message == null ? null : first.getMessage();
        int at = decorated == null || message.isEmpty() || decorated.length() == message.length()
                ? -1
                : decorated.indexOf(message);
        if (at < 0) return first;
        var prefix = decorated.substring(0, at);
        var suffix = decorated.substring(at + message.length());
        if (!message.startsWith(prefix)
                || !message.endsWith(suffix)
                || message.length() < prefix.length() + suffix.length()) return first;
        var second = call(constructor, message.substring(prefix.length(), message.length() - suffix.length()), cause);
        return second != null && message.equals(second.getMessage()) ? second : first;
    }

    /** Null if the constructor does not take these values. */
    private static Throwable call(Constructor<?> constructor, String message, Throwable cause) {
        var parameters = constructor.getParameterTypes();
        boolean takesCause = parameters.length == 2;
        if (takesCause && cause != null && !parameters[1].isInstance(cause)) return null;
        try {
            var rebuilt = (Throwable) constructor.newInstance(
                    switch (parameters.length) {
                        case 0 -> new Object[0];
                        case 1 -> new Object[] {message};
                        default -> new Object[] {message, cause};
                    });
            if (cause != null && rebuilt.getCause() != cause) attach(rebuilt, cause);
            return rebuilt;
        } catch (InvocationTargetException e) {
            return null; // refuses a null message or cause, most likely: another constructor may not
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void attach(Throwable rebuilt, Throwable cause) {
        try {
            rebuilt.initCause(cause);
        } catch (IllegalStateException e) { // its constructor has set a cause of its own
            rebuilt.addSuppressed(cause);
        }
    }

    private static boolean hasUsableShape(Class<?>[] parameters) {
        return switch (parameters.length) {
            case 0 -> true;
            case 1 -> parameters[0] == String.class;
            case 2 -> parameters[0] == String.class && Throwable.class.isAssignableFrom(parameters[1]);
            default -> false;
        };
    }

    private static boolean takesAnyCause(Constructor<?> constructor) {
        return constructor.getParameterCount() == 2 && constructor.getParameterTypes()[1] == Throwable.class;
    }
}
