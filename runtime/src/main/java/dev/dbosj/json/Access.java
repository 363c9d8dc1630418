package dev.dbosj.json;

import java.lang.reflect.AccessibleObject;
import java.util.function.Function;

/** Reflection on the user's classes, with the line to write when their module does not allow it. */
public final class Access {
    private Access() {}

    /**
     * Makes the member usable whatever its visibility.
     *
     * @param refusal makes the exception from the sentence that says which {@code opens} line is missing
     */
    public static void open(AccessibleObject member, Class<?> owner, Function<String, RuntimeException> refusal) {
        if (!member.trySetAccessible()) throw refusal.apply(missingOpens(owner));
    }

    private static String missingOpens(Class<?> owner) {
        var self = Access.class.getModule();
        return "%s cannot be used by reflection: add the line \"opens %s%s;\" to the module-info.java of module %s"
                .formatted(
                        owner.getName(),
                        owner.getPackageName(),
                        self.isNamed() ? " to " + self.getName() : "",
                        owner.getModule().getName());
    }
}
