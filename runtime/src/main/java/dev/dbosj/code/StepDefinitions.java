package dev.dbosj.code;

import dev.dbosj.exceptions.MisuseException;
import dev.dbosj.json.ErrorCodec;
import dev.dbosj.json.JsonCodec;
import dev.dbosj.workflow.Step;
import dev.dbosj.workflow.StepOptions;
import dev.dbosj.workflow.TypeRef;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;

/** Steps from method references and blocks, each checked at its first call. Thread-safe. */
public final class StepDefinitions {
    private static final double NANOS_PER_SECOND = 1e9;

    private final JsonCodec codec;
    private final ErrorCodec errors;
    // By the class of the call site, which holds the entries, so that they go when the class goes; then by that of the
    // receiver.
    private final ClassValue<Map<Class<?>, StepDefinition>> named = perCallSite();
    private final ClassValue<Map<Class<?>, StepDefinition>> blocks = perCallSite();

    public StepDefinitions(JsonCodec codec, ErrorCodec errors) {
        this.codec = codec;
        this.errors = errors;
    }

    /**
     * The step that a method is: by its {@link Step} annotation, or with the method's name and one attempt.
     *
     * @throws MisuseException if it is a lambda, which has no name
     * @throws dev.dbosj.exceptions.PayloadException if its result or a declared exception cannot be stored
     */
    public StepDefinition of(MethodReference reference) {
        return known(named, reference, this::define);
    }

    /**
     * The step that a block is.
     *
     * @throws dev.dbosj.exceptions.PayloadException if its result or a declared exception cannot be stored, or the result
     *     of a lambda has a type of which Java keeps too little
     */
    public StepDefinition ofBlock(StepOptions options, MethodReference block) {
        return known(blocks, block, reference -> define(options, reference)).with(options);
    }

    /** The step that a block with a result of the given type is. */
    public StepDefinition ofBlock(StepOptions options, TypeRef<?> type, MethodReference block) {
        var where = "step '" + options.name() + "'";
        codec.requireStorable(type.type(), "the result of " + where);
        block.exceptions().forEach(exception -> errors.requireRebuildable(exception, where));
        return new StepDefinition(options, type.type(), block.exceptions());
    }

    private StepDefinition define(MethodReference reference) {
        if (reference.isLambda())
            throw new MisuseException(
                    "%s has no name under which its result could be recorded: write runStep(\"name\", () -> …)"
                            .formatted(reference.describe()));
        var options = reference
                .declarations()
                .annotation(Step.class)
                .map(step -> options(step, reference))
                .orElseGet(() -> StepOptions.named(reference.method().getName()));
        return define(options, reference);
    }

    private StepDefinition define(StepOptions options, MethodReference reference) {
        var where = "step '%s' (%s)".formatted(options.name(), reference.describe());
        if (reference.isLambda()) codec.requireStorableResult(reference.resultType(), "the result of " + where);
        else codec.requireStorable(reference.resultType(), "the result of " + where);
        reference.exceptions().forEach(exception -> errors.requireRebuildable(exception, where));
        return new StepDefinition(options, reference.resultType(), reference.exceptions());
    }

    private static StepOptions options(Step step, MethodReference reference) {
        return new StepOptions(
                step.name().isEmpty() ? reference.method().getName() : step.name(),
                step.maxAttempts(),
                seconds(step.intervalSeconds()),
                step.backoffRate(),
                seconds(step.maxIntervalSeconds()),
                step.jitter(),
                anyOf(step.retryOn()),
                anyOf(step.abortOn()),
                step.timeoutSeconds() == 0 ? null : seconds(step.timeoutSeconds()));
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos(Math.round(seconds * NANOS_PER_SECOND));
    }

    private static Predicate<Throwable> anyOf(Class<? extends Throwable>[] types) {
        var wanted = List.of(types);
        return error -> wanted.stream().anyMatch(type -> type.isInstance(error));
    }

    private static StepDefinition known(
            ClassValue<Map<Class<?>, StepDefinition>> definitions,
            MethodReference reference,
            Function<MethodReference, StepDefinition> define) {
        var ofSite = definitions.get(reference.function().getClass());
        var receiver =
                reference.receiver() == null ? Void.class : reference.receiver().getClass();
        var known = ofSite.get(receiver);
        return known != null ? known : ofSite.computeIfAbsent(receiver, first -> define.apply(reference));
    }

    private static ClassValue<Map<Class<?>, StepDefinition>> perCallSite() {
        return new ClassValue<>() {
            @Override
            protected Map<Class<?>, StepDefinition> computeValue(Class<?> callSite) {
                return new ConcurrentHashMap<>();
            }
        };
    }
}
