package faultline.kernel.task;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class JobStateTest {

    private final JobState job = new JobState();

    @Test
    void theLastThreadCompletesTheStop() {
        job.begin(Signals.SIGTSTP, 2);
        assertThat(job.threadStopped()).isFalse();
        assertThat(job.isStopped()).isFalse();
        assertThat(job.threadStopped()).isTrue();
        assertThat(job.isStopped()).isTrue();
        assertThat(job.signal()).isEqualTo(Signals.SIGTSTP);
    }

    @Test
    void aThreadBornDuringTheStopIsWaitedForToo() {
        job.begin(Signals.SIGSTOP, 1);
        job.threadAdded();
        assertThat(job.threadStopped()).isFalse();
        assertThat(job.threadStopped()).isTrue();
    }

    @Test
    void aStopIsReportedOnce() {
        job.begin(Signals.SIGSTOP, 1);
        job.threadStopped();
        assertThat(job.reportStop(false)).isTrue();
        assertThat(job.reportStop(true)).isTrue();
        assertThat(job.reportStop(true)).isFalse();
    }

    @Test
    void resumingHidesAStopThatNobodyHeardOf() {
        job.begin(Signals.SIGSTOP, 1);
        job.threadStopped();
        assertThat(job.resume()).isTrue();
        assertThat(job.reportStop(true)).isFalse();
        assertThat(job.reportContinue(true)).isTrue();
        assertThat(job.reportContinue(true)).isFalse();
    }

    @Test
    void continuingARunningProcessIsNoNews() {
        assertThat(job.resume()).isFalse();
        assertThat(job.reportContinue(true)).isFalse();
    }

    @Test
    void aStopCutShortIsNeverComplete() {
        job.begin(Signals.SIGTSTP, 2);
        job.threadStopped();
        assertThat(job.resume()).isFalse();
        assertThat(job.threadStopped()).isFalse();
        assertThat(job.isStopped()).isFalse();
    }

    @Test
    void aDeadProcessReportsNothing() {
        job.begin(Signals.SIGSTOP, 1);
        job.threadStopped();
        job.abandon();
        assertThat(job.reportStop(true)).isFalse();
        assertThat(job.isStopped()).isFalse();
    }
}
