package faultline.kernel.task;

import faultline.kernel.vfs.PollQueue;
import faultline.kernel.vfs.event.SignalSource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// A thread's signals as its signalfds see them.
public final class TaskSignals implements SignalSource {

    private final Task task;
    private final ByteOrder order;

    /// `order` is the guest's.
    public TaskSignals(Task task, ByteOrder order) {
        this.task = task;
        this.order = order;
    }

    @Override
    public boolean isPending(long mask) {
        return (SignalControl.waiting(task) & mask) != 0;
    }

    /// `struct signalfd_siginfo` (uapi/linux/signalfd.h), the same on every architecture.
    @Override
    public boolean take(long mask, byte[] to, int at) {
        Siginfo info = SignalControl.poll(task, mask);
        if (info == null) {
            return false;
        }
        ByteBuffer record = ByteBuffer.wrap(to, at, INFO_BYTES).slice().order(order);
        record.put(new byte[INFO_BYTES]);
        record.putInt(0, info.signal());
        record.putInt(4, info.errno());
        record.putInt(8, info.code());
        record.putInt(12, info.pid());
        record.putInt(16, info.uid());
        record.putInt(40, info.status());
        record.putInt(44, (int) info.value());
        record.putLong(48, info.value());
        record.putLong(72, info.address());
        return true;
    }

    @Override
    public PollQueue arrivals() {
        return task.process().signalArrivals;
    }
}
