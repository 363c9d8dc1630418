package dev.dbosj.code;

import dev.dbosj.workflow.StepOptions;
import java.lang.reflect.Type;
import java.util.List;

/**
 * How a step is run and read back.
 *
 * @param options its name and how often it is tried
 * @param resultType the generic type of its result, {@code void.class} if it has none
 * @param exceptions what it declares to throw
 */
public record StepDefinition(StepOptions options, Type resultType, List<Class<? extends Throwable>> exceptions) {
    public StepDefinition {
        exceptions = List.copyOf(exceptions);
    }

    StepDefinition with(StepOptions other) {
        return new StepDefinition(other, resultType, exceptions);
    }
}
