package faultline.kernel.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.step.SeededSchedule;
import faultline.core.step.Steps;
import org.junit.jupiter.api.Test;

class BlockDeviceTest {

    /// Nobody runs under the schedule, so its clock stands at 0.
    private static BlockDevice device(long latency, int depth) {
        return new BlockDevice(new DiskTiming(latency, depth), new Steps(new SeededSchedule(1)));
    }

    @Test
    void requestsBeyondTheDepthWaitForAPlaceInTheirOrder() {
        BlockDevice device = device(100, 2);
        long[] ends = new long[5];
        for (int i = 0; i < ends.length; i++) {
            ends[i] = device.submit(i);
        }
        assertThat(ends).containsExactly(100, 100, 200, 200, 300);
    }

    @Test
    void aDeepQueueWorksOnAllAtOnce() {
        BlockDevice device = device(100, 8);
        for (int i = 0; i < 8; i++) {
            assertThat(device.submit(i)).isEqualTo(100);
        }
        assertThat(device.submit(8)).isEqualTo(200);
    }

    @Test
    void onlyADiskWithoutLatencyIsInstant() {
        assertThat(device(0, 1).isInstant()).isTrue();
        assertThat(device(1, 1).isInstant()).isFalse();
    }

    @Test
    void aDiskHasAPlace() {
        assertThatThrownBy(() -> new DiskTiming(5, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new DiskTiming(-5, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
