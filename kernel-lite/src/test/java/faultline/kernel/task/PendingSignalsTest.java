package faultline.kernel.task;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PendingSignalsTest {

    private static final long ALL = -1;

    private final PendingSignals pending = new PendingSignals();

    private static Siginfo queued(int signal, long value) {
        return Siginfo.queued(signal, Siginfo.SI_QUEUE, 7, 0, value);
    }

    @Test
    void aStandardSignalWaitsOnce() {
        assertThat(pending.add(queued(Signals.SIGUSR1, 1))).isTrue();
        assertThat(pending.add(queued(Signals.SIGUSR1, 2))).isFalse();
        Siginfo first = pending.take(ALL);
        assertThat(first).isNotNull();
        assertThat(first.value()).isEqualTo(1);
        assertThat(pending.take(ALL)).isNull();
    }

    @Test
    void realTimeSignalsQueueInTheOrderSent() {
        for (long value = 1; value <= 3; value++) {
            pending.add(queued(40, value));
        }
        assertThat(pending.size()).isEqualTo(3);
        for (long value = 1; value <= 3; value++) {
            Siginfo next = pending.take(ALL);
            assertThat(next).isNotNull();
            assertThat(next.value()).isEqualTo(value);
            assertThat(Signals.contains(pending.set(), 40)).isEqualTo(value < 3);
        }
    }

    @Test
    void theLowestNumberGoesFirst() {
        pending.add(queued(41, 0));
        pending.add(queued(Signals.SIGTERM, 0));
        pending.add(queued(Signals.SIGHUP, 0));
        assertThat(pending.next(ALL)).isEqualTo(Signals.SIGHUP);
        assertThat(pending.next(~Signals.set(Signals.SIGHUP))).isEqualTo(Signals.SIGTERM);
    }

    @Test
    void whatAnInstructionCausedGoesBeforeEverything() {
        pending.add(queued(Signals.SIGHUP, 0));
        pending.add(Siginfo.fault(Signals.SIGSEGV, 1, 0x1000));
        Siginfo first = pending.take(ALL);
        assertThat(first).isNotNull();
        assertThat(first.signal()).isEqualTo(Signals.SIGSEGV);
    }

    @Test
    void aBareSignalIsDeliveredWithoutItsOrigin() {
        pending.addBare(40);
        Siginfo info = pending.take(ALL);
        assertThat(info).isEqualTo(Siginfo.sent(40, Siginfo.SI_USER, 0, 0));
        assertThat(pending.set()).isZero();
    }

    @Test
    void aFlushTakesOnlyItsSet() {
        pending.add(queued(Signals.SIGTSTP, 0));
        pending.add(queued(Signals.SIGUSR2, 0));
        assertThat(pending.flush(Signals.STOP_SET)).isTrue();
        assertThat(pending.flush(Signals.STOP_SET)).isFalse();
        assertThat(pending.set()).isEqualTo(Signals.set(Signals.SIGUSR2));
    }

    @Test
    void aTimerIsFoundByItsIdWhileItWaits() {
        pending.add(Siginfo.timer(Signals.SIGALRM, 3, 0, 0));
        assertThat(pending.hasTimer(Signals.SIGALRM, 3)).isTrue();
        assertThat(pending.hasTimer(Signals.SIGALRM, 4)).isFalse();
    }
}
