package dev.dbosj.code;

import dev.dbosj.exceptions.MisuseException;
import dev.dbosj.json.ErrorCodec;
import dev.dbosj.json.JsonCodec;
import dev.dbosj.workflow.BatchItem;
import dev.dbosj.workflow.Step;
import dev.dbosj.workflow.StepOptions;
import dev.dbosj.workflow.TypeRef;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;

/** Steps from method references and blocks, each checked at its first call. Thread-safe. */
public final class StepDefinitions {
    private static final double NANOS_PER_SECOND = 1e9;
    /** The last one is made alone, so that nobody fails for another one's sake. */
    private static final int ATTEMPTS_IN_BATCHES = 2;

    private final JsonCodec codec;
    private final ErrorCodec errors;
    // By the class of the call site, which holds the entries, so that they go when the class goes; then by that of the
    // receiver.
    private final ClassValue<Map<Class<?>, StepDefinition>> named = perCallSite();
    private final ClassValue<Map<Class<?>, StepDefinition>> blocks = perCallSite();
    private final ClassValue<Map<Class<?>, StepDefinition>> batches = perCallSite();

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

    /**
     * The step that a workflow takes together with others: by the {@link Step} annotation of the method, or with the
     * method's name and two attempts. Its result is what comes out of an item.
     *
     * @throws MisuseException if it is a lambda, which has no name, or its parameter is not a list of items
     * @throws dev.dbosj.exceptions.PayloadException if what comes out, or a declared exception, cannot be stored
     */
    public StepDefinition ofBatch(MethodReference reference) {
        return known(batches, reference, this::defineBatch);
    }

    private StepDefinition defineBatch(MethodReference reference) {
        if (reference.isLambda())
            throw new MisuseException(("%s has no name under which the results could be recorded, and Java keeps too little of"
                    + " its types: make it a method, and write runStep(options, this::method, value)").formatted(reference.describe()));
        var options = annotated(reference).orElseGet(
                () -> StepOptions.named(reference.method().getName()).maxAttempts(ATTEMPTS_IN_BATCHES));
        var result = resultOfItem(reference);
        return checked(options, result == Void.class ? void.class : result, reference);
    }

    private static Type resultOfItem(MethodReference reference) {
        if (reference.argumentTypes().getFirst() instanceof ParameterizedType list
                && list.getActualTypeArguments()[0] instanceof ParameterizedType item
                && item.getRawType() == BatchItem.class) return item.getActualTypeArguments()[1];
        throw new MisuseException(("%s cannot be called with a batch, because its parameter does not say what comes out of an item:"
                + " declare it as List<BatchItem<In, Out>>").formatted(reference.describe()));
    }

    private StepDefinition define(MethodReference reference) {
        if (reference.isLambda())
            throw new MisuseException(
                    "%s has no name under which its result could be recorded: write runStep(\"name\", () -> …)"
                            .formatted(reference.describe()));
        return define(annotated(reference).orElseGet(() -> StepOptions.named(reference.method().getName())), reference);
    }

    private static Optional<StepOptions> annotated(MethodReference reference) {
        return reference.declarations().annotation(Step.class).map(step -> options(step, reference));
    }

    private StepDefinition define(StepOptions options, MethodReference reference) {
        if (!reference.isLambda()) return checked(options, reference.resultType(), reference);
        codec.requireStorableResult(reference.resultType(), "the result of " + where(options, reference));
        return rebuildable(options, reference.resultType(), reference);
    }

    private StepDefinition checked(StepOptions options, Type resultType, MethodReference reference) {
        codec.requireStorable(resultType, "the result of " + where(options, reference));
        return rebuildable(options, resultType, reference);
    }

    private StepDefinition rebuildable(StepOptions options, Type resultType, MethodReference reference) {
        var where = where(options, reference);
        reference.exceptions().forEach(exception -> errors.requireRebuildable(exception, where));
        return new StepDefinition(options, resultType, reference.exceptions());
    }

    private static String where(StepOptions options, MethodReference reference) {
        return "step '%s' (%s)".formatted(options.name(), reference.describe());
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
