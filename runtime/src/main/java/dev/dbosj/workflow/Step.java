package dev.dbosj.workflow;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * How a method behaves when it is called as a step by {@code DBOS.runStep(this::method, …)}. A method without this
 * annotation can be a step as well: it then has its own name and one attempt.
 *
 * <p>The same settings as {@link StepOptions}, which also says what each of them means and may be.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Step {
    /** The recorded name; by default the name of the method. */
    String name() default "";

    /** How often the body is tried in all, 1 to 1,000. */
    int maxAttempts() default 1;

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

    /** How many seconds an attempt may take, 0.001 to 2,592,000 (30 days); 0, the default, for as long as it takes. */
    double timeoutSeconds() default 0;
}
