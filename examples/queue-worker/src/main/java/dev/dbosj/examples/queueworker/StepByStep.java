package dev.dbosj.examples.queueworker;

import dev.dbosj.DBOS;
import dev.dbosj.examples.queueworker.Agreement.Progress;
import dev.dbosj.workflow.Step;
import dev.dbosj.workflow.Workflow;
import java.time.Duration;

/** The workflow: so many steps, one after the other, and an event that says how many are done. */
final class StepByStep {
    private static final int SHORT_ID = 8;

    private final Duration stepTime;

    /** @param stepTime how long each step takes */
    StepByStep(Duration stepTime) {
        this.stepTime = stepTime;
    }

    @Workflow(name = Agreement.WORKFLOW)
    void workflow(int numSteps) throws InterruptedException {
        if (numSteps < 1 || numSteps > Agreement.MAX_STEPS)
            throw new IllegalArgumentException("numSteps %d is outside 1..%d".formatted(numSteps, Agreement.MAX_STEPS));
        DBOS.setEvent(Agreement.PROGRESS, new Progress(0, numSteps));
        for (int number = 1; number <= numSteps; number++) {
            DBOS.runStep(this::step, number);
            DBOS.setEvent(Agreement.PROGRESS, new Progress(number, numSteps));
        }
    }

    @Step
    void step(int number) throws InterruptedException {
        Thread.sleep(stepTime);
        System.out.println("%s  Step %d completed!".formatted(shortId(DBOS.workflowId()), number));
    }

    /** As the page shows it: the end, because ids of one minute begin alike. */
    private static String shortId(String workflowId) {
        return workflowId.substring(Math.max(0, workflowId.length() - SHORT_ID));
    }
}
