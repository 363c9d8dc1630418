package dev.dbosj.code;

import dev.dbosj.exceptions.MisuseException;
import dev.dbosj.json.ErrorCodec;
import dev.dbosj.json.JsonCodec;
import dev.dbosj.workflow.Functions.Func1;
import dev.dbosj.workflow.RetryPolicy;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowOptions;
import java.io.Serializable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** The workflows that this process can run, by name. Thread-safe. */
public final class WorkflowRegistry {
    private static final char INSTANCE = '@';
    private static final int DEFAULT_MAX_RECOVERY_ATTEMPTS = 100;

    private final JsonCodec codec;
    private final ErrorCodec errors;
    private final Map<String, WorkflowDefinition> byName = new ConcurrentHashMap<>();
    private final Map<Method, List<WorkflowDefinition>> byMethod = new ConcurrentHashMap<>();
    private final Map<Serializable, WorkflowDefinition> byFunction =
            Collections.synchronizedMap(new IdentityHashMap<>());
    private volatile Set<String> names = Set.of();

    public WorkflowRegistry(JsonCodec codec, ErrorCodec errors) {
        this.codec = codec;
        this.errors = errors;
    }

    /**
     * Registers the workflow methods of an object, static ones included.
     *
     * @throws MisuseException if it has none, or a name is taken
     * @throws dev.dbosj.exceptions.PayloadException if an argument or a result cannot be stored
     */
    public void register(Object target) {
        registerAll(target, target.getClass(), "", method -> true);
    }

    /** Registers a further object of a class: its workflows are called {@code name@instanceName}. */
    public void register(String instanceName, Object target) {
        WorkflowOptions.requireName("instance name", instanceName);
        if (instanceName.indexOf(INSTANCE) >= 0)
            throw new MisuseException("instance name '%s' holds an '@', which separates it from the workflow's name"
                    .formatted(instanceName));
        registerAll(target, target.getClass(), INSTANCE + instanceName, method -> !isStatic(method));
    }

    /** Registers the static workflow methods of a class. */
    public void register(Class<?> type) {
        registerAll(null, type, "", WorkflowRegistry::isStatic);
    }

    /**
     * Registers a function as a workflow.
     *
     * @return the function itself; {@link #of} finds it
     */
    @SuppressWarnings("unchecked") // X is only what a call may throw: it is not there at run time
    public <A, R> Func1<A, R, RuntimeException> registerFunction(
            String name, Type argument, Type result, Func1<A, R, ?> function) {
        var call = Declarations.ofFunction(Func1.class);
        var exceptions = MethodReference.of(function).exceptions();
        var definition = new WorkflowDefinition(
                requireName(name, "the function '" + name + "'"),
                function,
                call,
                List.of(argument),
                result,
                exceptions,
                DEFAULT_MAX_RECOVERY_ATTEMPTS,
                null);
        add(List.of(definition));
        byFunction.put(function, definition);
        return (Func1<A, R, RuntimeException>) function;
    }

    /** The workflow of that name, or null. */
    public WorkflowDefinition find(String name) {
        return byName.get(name);
    }

    /** All names, in alphabetical order. */
    public Set<String> names() {
        return names;
    }

    /**
     * The workflow behind a method reference.
     *
     * @throws MisuseException saying what to do, if it is not a registered one
     */
    public WorkflowDefinition of(MethodReference reference) {
        var function = byFunction.get(reference.function());
        if (function != null) return function;
        if (reference.isLambda()) throw References.lambda(reference);
        var candidates = byMethod.get(reference.method());
        if (candidates == null) throw References.unknown(reference);
        if (isStatic(reference.method())) return candidates.getFirst();
        if (reference.isUnbound()) throw References.unbound(reference);
        return References.choose(reference, candidates);
    }

    private void registerAll(Object target, Class<?> type, String suffix, Predicate<Method> wanted) {
        var definitions = new ArrayList<WorkflowDefinition>();
        for (var declarations : Declarations.annotated(type, Workflow.class)) {
            if (wanted.test(declarations.method())) definitions.add(definition(target, declarations, suffix));
        }
        if (definitions.isEmpty())
            throw new MisuseException("%s has no %s@Workflow method to register"
                    .formatted(type.getName(), target == null ? "static " : ""));
        add(definitions);
    }

    private static WorkflowDefinition definition(Object target, Declarations declarations, String suffix) {
        var method = declarations.method();
        var annotation = declarations.annotation(Workflow.class).orElseThrow();
        var name = requireName(annotation.name().isEmpty() ? method.getName() : annotation.name(), method.toString());
        return new WorkflowDefinition(
                WorkflowOptions.requireName("workflow name", name + suffix),
                isStatic(method) ? null : target,
                method,
                declarations.argumentTypes(),
                declarations.resultType(),
                declarations.exceptions(),
                annotation.maxRecoveryAttempts(),
                retries(name, annotation));
    }

    private static RetryPolicy retries(String name, Workflow annotation) {
        try {
            return annotation.maxAttempts() == 0 ? null : retries(annotation);
        } catch (IllegalArgumentException wrong) {
            throw new MisuseException("workflow '%s': %s".formatted(name, wrong.getMessage()));
        }
    }

    private static RetryPolicy retries(Workflow annotation) {
        return RetryPolicy.attempts(annotation.maxAttempts())
                .interval(seconds(annotation.intervalSeconds()))
                .backoffRate(annotation.backoffRate())
                .maxInterval(seconds(annotation.maxIntervalSeconds()))
                .jitter(annotation.jitter())
                .retryOn(annotation.retryOn())
                .abortOn(annotation.abortOn());
    }

    private static Duration seconds(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }

    private static String requireName(String name, String where) {
        if (name.indexOf(INSTANCE) >= 0)
            throw new MisuseException("the workflow name '%s' of %s holds an '@', which is kept for instance names"
                    .formatted(name, where));
        return WorkflowOptions.requireName("workflow name", name);
    }

    /** All or none of them. */
    private synchronized void add(List<WorkflowDefinition> definitions) {
        definitions.forEach(this::requireStorable);
        for (int i = 0; i < definitions.size(); i++) {
            var definition = definitions.get(i);
            requireFree(definition, byName.get(definition.name()));
            for (var earlier : definitions.subList(0, i))
                if (earlier.name().equals(definition.name())) requireFree(definition, earlier);
        }
        for (var definition : definitions) {
            byMethod.merge(definition.method(), List.of(definition), WorkflowRegistry::joined);
            byName.put(definition.name(), definition);
        }
        names = Collections.unmodifiableSet(new TreeSet<>(byName.keySet()));
    }

    private void requireStorable(WorkflowDefinition definition) {
        for (int i = 0; i < definition.argumentTypes().size(); i++)
            codec.requireStorable(
                    definition.argumentTypes().get(i),
                    "argument %d of workflow '%s'".formatted(i + 1, definition.name()));
        codec.requireStorable(definition.resultType(), "the result of workflow '%s'".formatted(definition.name()));
        for (var exception : definition.exceptions())
            errors.requireRebuildable(exception, "workflow '%s'".formatted(definition.name()));
    }

    private static void requireFree(WorkflowDefinition definition, WorkflowDefinition other) {
        if (other == null) return;
        throw new MisuseException(
                ("the workflow name '%s' of %s is taken by %s: choose another with @Workflow(name = …), or register a "
                                + "second object of one class under an instance name")
                        .formatted(definition.name(), definition.describe(), other.describe()));
    }

    private static List<WorkflowDefinition> joined(List<WorkflowDefinition> some, List<WorkflowDefinition> more) {
        var all = new ArrayList<>(some);
        all.addAll(more);
        return List.copyOf(all);
    }

    private static boolean isStatic(Method method) {
        return Modifier.isStatic(method.getModifiers());
    }
}
