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

    /**
     * How often the workflow is tried in all when it throws, 1 to 1,000; 0, the default, as its queue says. This and what
     * follows are a {@link RetryPolicy}, which says what each of them means; it goes before that of the queue. It belongs
     * to the code, and so the executor that runs the workflow decides: the program that knows the exceptions.
     */
    int maxAttempts() default 0;

    /** Seconds before the second attempt, 0 to 86,400. */
    double intervalSeconds() default 1;

    /** Factor from one interval to the next, 1 to 100. */
    double backoffRate() default 2;

    /** The longest interval in seconds, 0 to 86,400. */
    double maxIntervalSeconds() default 3600;

    /** Share of each interval, 0 to 1, that is varied at random. */
    double jitter() default 0.1;

    /** Exceptions worth another attempt; by default all but {@link Error}s. */
    Class<? extends Throwable>[] retryOn() default {Exception.class};

    /** Exceptions that are not worth another attempt, although they are among those; by default none. */
    Class<? extends Throwable>[] abortOn() default {};
}
