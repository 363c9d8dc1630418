package dev.dbosj.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An interrupt hits the body that it is meant for, and nothing else of the thread. */
class BodyTest {
    private final Body body = new Body();

    @AfterEach
    void noFlagIsLeft() {
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void outsideOfBodiesNobodyIsInterrupted() {
        body.interrupt();
        long opening = body.open(0, 1);
        body.close();

        body.interrupt();

        assertThat(body.timeOut(opening)).isFalse();
        assertThat(body.wasInterrupted()).isFalse();
    }

    @Test
    void aTimeoutThatComesLateDoesNotHitTheNextBody() {
        long first = body.open(0, 1);
        body.close();
        body.open(0, 2);

        assertThat(body.timeOut(first)).isFalse();
        assertThat(body.isOpen(first)).isFalse();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        body.close();
        assertThat(body.hasTimedOut()).isFalse();
    }

    @Test
    void theFlagEndsWithTheBody() {
        long opening = body.open(0, 1);
        assertThat(body.timeOut(opening)).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();

        body.close();

        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(body.hasTimedOut()).isTrue();
        body.open(1, 1);
        body.close();
        assertThat(body.hasTimedOut()).isFalse();
    }

    @Test
    void whatMustLeaveDoesNotTimeOutAnyMore() {
        long opening = body.open(0, 1);
        body.interrupt();

        assertThat(body.timeOut(opening)).isFalse();
        body.close();
        assertThat(body.wasInterrupted()).isTrue();
        assertThat(body.hasTimedOut()).isFalse();
    }

    @Test
    void whatHasTimedOutIsInterruptedOnceMoreWhenItMustLeave() {
        long opening = body.open(0, 1);
        body.timeOut(opening);
        assertThat(Thread.interrupted()).as("the body swallows the first one").isTrue();

        body.interrupt();

        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        body.close();
        assertThat(body.wasInterrupted()).isTrue();
        assertThat(body.hasTimedOut()).isTrue();
    }
}
