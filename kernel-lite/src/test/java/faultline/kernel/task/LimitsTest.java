package faultline.kernel.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.task.Limits.Rlimit;
import org.junit.jupiter.api.Test;

class LimitsTest {

    private final Limits limits = new Limits();

    @Test
    void theOldLimitsAreToldAndReplaced() {
        Rlimit old = new Rlimit(limits.soft(Resource.NOFILE), limits.hard(Resource.NOFILE));
        assertThat(limits.exchange(Resource.NOFILE, new Rlimit(5, 9), false)).isEqualTo(old);
        assertThat(limits.exchange(Resource.NOFILE, null, false)).isEqualTo(new Rlimit(5, 9));
        assertThat(limits.soft(Resource.NOFILE)).isEqualTo(5);
    }

    @Test
    void aHardLimitIsRaisedWithPrivilegeOnly() {
        Rlimit low = new Rlimit(1, 2);
        limits.set(Resource.NOFILE, 1, 2);
        assertThatThrownBy(() -> limits.exchange(Resource.NOFILE, new Rlimit(1, Limits.INFINITY), false))
                .isInstanceOfSatisfying(
                        ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EPERM));
        assertThat(limits.exchange(Resource.NOFILE, new Rlimit(1, 3), true)).isEqualTo(low);
        assertThat(limits.hard(Resource.NOFILE)).isEqualTo(3);
    }

    @Test
    void idsAreThoseOfAUserWhereAllAre() {
        Identity user = Identity.of(1000, 100);
        assertThat(user.isAll(1000, 100)).isTrue();
        assertThat(user.isAll(1000, 101)).isFalse();
        assertThat(user.withUsers(1000, 1000, 0, 1000).isAll(1000, 100))
                .as("saved")
                .isFalse();
        assertThat(user.withGroupIds(100, 5, 100, 100).isAll(1000, 100))
                .as("effective")
                .isFalse();
    }
}
