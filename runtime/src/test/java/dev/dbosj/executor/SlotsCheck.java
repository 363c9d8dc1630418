package dev.dbosj.executor;

import dev.dbosj.lincheck.Invocations;
import dev.dbosj.workflow.WorkflowQueue;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/** No slot is lost, and none is given twice. */
@Param(name = "queue", gen = IntGen.class, conf = "1:2")
public class SlotsCheck {
    private final Slots slots = new Slots(4);
    private final List<WorkflowQueue> queues = List.of(WorkflowQueue.named("q1").workerConcurrency(2));

    public SlotsCheck() {
        Invocations.another();
    }

    @Operation
    public void take(@Param(name = "queue") int queue) {
        slots.take("q" + queue);
    }

    @Operation
    public void giveBack(@Param(name = "queue") int queue) {
        slots.giveBack("q" + queue);
    }

    @Operation
    public int free() {
        return slots.free();
    }

    @Operation
    public String offered() {
        return slots.free(queues).toString();
    }
}
