package dev.dbosj.simulation;

import dev.dbosj.DBOS;
import dev.dbosj.workflow.BatchOptions;
import dev.dbosj.workflow.StepOptions;
import dev.dbosj.workflow.TypeRef;
import java.time.Duration;
import java.util.List;

/** Runs steps in every way that there is. */
final class LiveSteps {
    private static final BatchOptions TOGETHER = BatchOptions.upTo(3).within(Duration.ofMillis(200));

    private LiveSteps() {}

    /** @return what the step has returned; zero if it returns nothing */
    static long run(Programs programs, Op.Form form, Op.Work work) throws ProgramException {
        switch (form) {
            case FUNC1 -> {
                Coverage.mark("DBOS.runStep(Func1,Object)");
                return DBOS.runStep(programs::func1Step, work);
            }
            case PROC1 -> {
                Coverage.mark("DBOS.runStep(Proc1,Object)");
                DBOS.runStep(programs::proc1Step, work);
            }
            case FUNC2 -> {
                Coverage.mark("DBOS.runStep(Func2,Object,Object)");
                return DBOS.runStep(programs::func2Step, work, 2L);
            }
            case PROC2 -> {
                Coverage.mark("DBOS.runStep(Proc2,Object,Object)");
                DBOS.runStep(programs::proc2Step, work, 2L);
            }
            case FUNC3 -> {
                Coverage.mark("DBOS.runStep(Func3,Object,Object,Object)");
                return DBOS.runStep(programs::func3Step, work, 2L, 3L);
            }
            case PROC3 -> {
                Coverage.mark("DBOS.runStep(Proc3,Object,Object,Object)");
                DBOS.runStep(programs::proc3Step, work, 2L, 3L);
            }
            case ANNOTATED -> {
                return DBOS.runStep(programs::annotated, work);
            }
            case BLOCK -> {
                Coverage.mark("DBOS.runStep(String,Func0)");
                return DBOS.runStep(form.stepName, () -> programs.body(work));
            }
            case PROC_BLOCK -> {
                Coverage.mark("DBOS.runStep(String,Proc0)");
                DBOS.runStep(form.stepName, () -> {
                    programs.body(work);
                });
            }
            case OPTIONS -> {
                Coverage.mark("DBOS.runStep(StepOptions,Func0)");
                return DBOS.runStep(options(form), () -> programs.body(work));
            }
            case PROC_OPTIONS -> {
                Coverage.mark("DBOS.runStep(StepOptions,Proc0)");
                DBOS.runStep(options(form), () -> {
                    programs.body(work);
                });
            }
            case TYPED -> {
                Coverage.mark("DBOS.runStep(StepOptions,TypeRef,Func0)");
                var type = new TypeRef<List<Long>>() {};
                return DBOS.runStep(options(form), type, () -> List.of(programs.body(work), 1L)).getFirst();
            }
            case BATCH -> {
                Coverage.mark("DBOS.runStep(BatchOptions,Proc1,Object)");
                return DBOS.runStep(TOGETHER, programs::batchStep, work);
            }
        }
        return 0;
    }

    private static StepOptions options(Op.Form form) {
        var options = StepOptions.named(form.stepName).maxAttempts(form.maxAttempts);
        return options.interval(Duration.ofMillis(100)).jitter(0.5);
    }
}
