package dev.dbosj.code;

import dev.dbosj.workflow.StepOptions;
import java.lang.reflect.Type;
import java.util.List;

/** Stand-in. */
public record StepDefinition(StepOptions options, Type resultType, List<Class<? extends Throwable>> exceptions) {}
