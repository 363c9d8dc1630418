package dev.dbosj.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.workflow.StepOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetriesTest {
    private static final double IN_THE_MIDDLE = 0.5;

    private static List<Long> pauses(StepOptions options, double chance) {
        var retries = new Retries(options);
        var pauses = new ArrayList<Long>();
        while (retries.goOnAfter(new IOException())) pauses.add(retries.pause(chance).toMillis());
        return pauses;
    }

    @Test
    void eachPauseIsLongerThanTheOneBeforeUpToTheLongest() {
        var options = StepOptions.named("s").maxAttempts(6).interval(Duration.ofMillis(100)).backoffRate(3)
                .maxInterval(Duration.ofSeconds(2));

        assertThat(pauses(options, IN_THE_MIDDLE)).containsExactly(100L, 300L, 900L, 2000L, 2000L);
    }

    @Test
    void chanceVariesAPauseByItsJitterAndNeverBeyondTheLongest() {
        var options = StepOptions.named("s").maxAttempts(3).interval(Duration.ofMillis(1000)).backoffRate(1).jitter(0.5)
                .maxInterval(Duration.ofMillis(1200));

        assertThat(pauses(options, 0)).containsExactly(500L, 500L);
        assertThat(pauses(options, 1)).containsExactly(1200L, 1200L);
    }

    @Test
    void noRateIsTooMuch() {
        var options = StepOptions.named("s").maxAttempts(1000).backoffRate(100);

        assertThat(pauses(options, IN_THE_MIDDLE)).hasSize(999).endsWith(Duration.ofHours(1).toMillis());
        assertThat(pauses(options.interval(Duration.ZERO), IN_THE_MIDDLE)).containsOnly(0L);
    }

    @Test
    void theLastFailureCarriesTheLastTenOfTheEarlierOnesAndNeverItself() {
        var retries = new Retries(StepOptions.named("s").maxAttempts(15));
        var always = new IOException("always");
        for (int attempt = 1; attempt < 14; attempt++) retries.goOnAfter(new IOException("line " + attempt));
        assertThat(retries.goOnAfter(always)).isTrue();
        assertThat(retries.goOnAfter(always)).isFalse();

        assertThat(retries.concluding(always)).isSameAs(always);
        assertThat(always.getSuppressed()).extracting(Throwable::getMessage)
                .containsExactlyElementsOf(IntStream.range(5, 14).mapToObj(attempt -> "line " + attempt).toList());
    }
}
