package dev.dbosj.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StepOptionsTest {
    private final StepOptions options = StepOptions.named("fetch");

    @Test
    void aTimeoutIsBetweenAMillisecondAndThirtyDaysOrThereIsNone() {
        for (var wrong : new Duration[] {Duration.ZERO, Duration.ofMillis(-1), Duration.ofDays(31)})
            assertThatThrownBy(() -> options.timeout(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("step 'fetch': timeout " + wrong + " is outside PT0.001S..PT720H");
        assertThat(options.timeout()).isNull();
        assertThat(options.timeout(Duration.ofSeconds(1)).timeout(null)).isEqualTo(options);
    }

    @Test
    void whatIsSetStaysWhenSomethingElseIs() {
        var all = options.timeout(Duration.ofSeconds(1)).maxAttempts(2).interval(Duration.ofSeconds(3)).backoffRate(4)
                .maxInterval(Duration.ofSeconds(5)).jitter(0.6).abortOn(IllegalStateException.class::isInstance)
                .retryOn(RuntimeException.class::isInstance);

        assertThat(all.timeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(all.maxAttempts()).isEqualTo(2);
        assertThat(all.interval()).isEqualTo(Duration.ofSeconds(3));
        assertThat(all.backoffRate()).isEqualTo(4);
        assertThat(all.maxInterval()).isEqualTo(Duration.ofSeconds(5));
        assertThat(all.jitter()).isEqualTo(0.6);
        assertThat(all.abortOn().test(new IllegalStateException())).isTrue();
        assertThat(all.retryOn().test(new Exception())).isFalse();
    }
}
