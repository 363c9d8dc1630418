package dev.dbosj.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A watch that never saw a leak proves nothing. */
@Tag("T15")
@Tag("canary")
class TrendTest {
    @Test
    void aLeakIsSeenBehindTheWarmUpAndThroughTheNoise() {
        var trend = new Trend();
        for (int sample = 0; sample < 30; sample++)
            trend.add(sample, sample < 5 ? 100 - sample : 20 + 0.5 * sample + (sample % 2 == 0 ? 3 : -3));

        assertThat(trend.slope()).isCloseTo(0.5, Offset.offset(0.1));
        System.out.println("CANARY half a megabyte a minute: slope %.2f MB/min".formatted(trend.slope()));
    }

    @Test
    void whatGoesUpAndDownDoesNotLeak() {
        var trend = new Trend();
        for (int sample = 0; sample < 30; sample++) trend.add(sample, sample % 2 == 0 ? 20 : 30);

        assertThat(trend.slope()).isCloseTo(0, Offset.offset(0.1));
    }
}
