package dev.dbosj.code;

import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.json.JsonCodec;
import dev.dbosj.workflow.Step;
import dev.dbosj.workflow.StepOptions;
import dev.dbosj.workflow.TypeRef;
import java.util.List;

/** Stand-in. */
public final class StepDefinitions {
    public StepDefinitions(JsonCodec json) {}

    @SuppressWarnings("unchecked")
    public StepDefinition of(MethodReference reference) {
        var step = reference.method.getAnnotation(Step.class);
        var options = StepOptions.named(reference.method.getName());
        if (step != null) options = options.maxAttempts(step.maxAttempts());
        return new StepDefinition(options, reference.method.getGenericReturnType(),
                List.of((Class<? extends Throwable>[]) reference.method.getExceptionTypes()));
    }

    @SuppressWarnings("unchecked")
    public StepDefinition ofBlock(StepOptions options, MethodReference reference) {
        if (reference.method.getReturnType() == List.class) throw new PayloadException("new TypeRef");
        return new StepDefinition(options, reference.method.getReturnType(),
                List.of((Class<? extends Throwable>[]) reference.method.getExceptionTypes()));
    }

    public StepDefinition ofBlock(StepOptions options, TypeRef<?> type) {
        return new StepDefinition(options, type.type(), List.of());
    }
}
