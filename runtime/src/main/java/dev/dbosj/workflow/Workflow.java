package dev.dbosj.workflow;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method as a durable workflow. The method must be deterministic: everything that touches the outside world
 * belongs in a step. After a crash the method runs again and its finished steps return what they returned before.
 *
 * <p>Any visibility, static or not; it takes up to three arguments when it is started by method reference.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Workflow {
    /** The name under which the workflow is stored, at most 255 characters; by default the name of the method. */
    String name() default "";

    /**
     * How often, 1 to 1,000, the workflow may lose its executor without having completed another step, before it goes
     * to {@link WorkflowState#MAX_RECOVERY_ATTEMPTS_EXCEEDED}. Completing a step starts the count anew.
     */
    int maxRecoveryAttempts() default 100;
}
