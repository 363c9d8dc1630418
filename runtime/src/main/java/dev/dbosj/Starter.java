package dev.dbosj;

import dev.dbosj.code.MethodReference;
import dev.dbosj.workflow.Functions.Func1;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/** Starts workflows of one runtime, with options. The runtime is asked for at each call: it must be launched by then. */
record Starter(Supplier<Assembly> assembly, WorkflowOptions options) implements WorkflowStarter {
    @Override
    public WorkflowStarter with(WorkflowOptions options) {
        return new Starter(assembly, Objects.requireNonNull(options, "options"));
    }

    @Override
    public <R> WorkflowHandle<R> start(String queueName, Serializable workflow, Object... arguments) {
        var engine = assembly.get();
        return engine.starts.start(engine.registry.of(MethodReference.of(workflow)), queueName, options, arguments);
    }

    @Override
    public <A, R> List<WorkflowHandle<R>> enqueueAll(String queueName, Func1<A, R, ?> workflow, Collection<? extends A> arguments) {
        WorkflowOptions.requireName("queue name", queueName);
        var engine = assembly.get();
        return engine.starts.startAll(engine.registry.of(MethodReference.of(workflow)), queueName, options, arguments);
    }
}
