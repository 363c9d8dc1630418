package dev.dbosj.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a retry policy may be, and which exceptions it means. */
class RetryPolicyTest {
    private static final RetryPolicy POLICY = RetryPolicy.attempts(3);

    private static boolean isWorthAnother(RetryPolicy policy, Class<?> thrown) {
        return policy.isWorthAnother(IntStream.iterate(0, i -> i + 1).limit(10).mapToObj(i -> superclass(thrown, i))
                .takeWhile(type -> type != null).map(Class::getName).toList());
    }

    private static Class<?> superclass(Class<?> type, int generations) {
        var ancestor = type;
        for (int i = 0; i < generations && ancestor != null; i++) ancestor = ancestor.getSuperclass();
        return ancestor;
    }

    @Test
    void allExceptionsAreWorthAnotherAttemptAndErrorsAreNot() {
        assertThat(isWorthAnother(POLICY, FileNotFoundException.class)).isTrue();
        assertThat(isWorthAnother(POLICY, AssertionError.class)).isFalse();
    }

    @Test
    void anExceptionMeansItsSubclassesToo() {
        var policy = POLICY.retryOn(IOException.class).abortOn(FileNotFoundException.class);

        assertThat(isWorthAnother(policy, IOException.class)).isTrue();
        assertThat(isWorthAnother(policy, FileNotFoundException.class)).isFalse();
        assertThat(isWorthAnother(policy, IllegalStateException.class)).isFalse();
    }

    @Test
    void theOrderInWhichExceptionsAreNamedDoesNotMatter() {
        assertThat(POLICY.abortOn(IOException.class, Error.class)).isEqualTo(POLICY.abortOn(Error.class, IOException.class));
        assertThat(POLICY.abortOn(IOException.class, Error.class).abortOn())
                .containsExactly("java.io.IOException", "java.lang.Error");
    }

    @Test
    void wrongValuesAreRefusedWithTheirBounds() {
        assertThatThrownBy(() -> RetryPolicy.attempts(0)).hasMessageContaining("maxAttempts 0 is outside 1..1000");
        assertThatThrownBy(() -> RetryPolicy.attempts(1001)).hasMessageContaining("1001");
        assertThatThrownBy(() -> POLICY.interval(Duration.ofSeconds(-1))).hasMessageContaining("interval PT-1S");
        assertThatThrownBy(() -> POLICY.maxInterval(Duration.ofDays(2))).hasMessageContaining("maxInterval PT48H");
        assertThatThrownBy(() -> POLICY.backoffRate(0.5)).hasMessageContaining("backoffRate 0.5");
        assertThatThrownBy(() -> POLICY.jitter(1.5)).hasMessageContaining("jitter 1.5");
        assertThatThrownBy(() -> new RetryPolicy(1, Duration.ZERO, 1, Duration.ZERO, 0, Set.of(" "), Set.of()))
                .hasMessageContaining("retryOn must not be blank");
        var many = IntStream.range(0, 101).mapToObj(Integer::toString).collect(Collectors.toSet());
        assertThatThrownBy(() -> new RetryPolicy(1, Duration.ZERO, 1, Duration.ZERO, 0, Set.of(), many))
                .hasMessageContaining("abortOn has 101 names, 100 are allowed");
    }

    @Test
    void aRedriveAndAQueueRefuseWrongValuesToo() {
        assertThatThrownBy(() -> Redrive.asItIs().fromStep(-1)).hasMessageContaining("fromStep -1 is negative");
        assertThatThrownBy(() -> Redrive.asItIs().delay(Duration.ofSeconds(-1))).hasMessageContaining("delay PT-1S");
        assertThatThrownBy(() -> WorkflowQueue.named("q").attemptTimeout(Duration.ZERO)).hasMessageContaining("attemptTimeout PT0S");
        assertThat(Redrive.asItIs().arguments("a", null).arguments()).containsExactly("a", null);
        assertThat(Redrive.asItIs().delay()).isZero();
    }
}
