/// Files that stand for events: eventfd, timerfd, signalfd and epoll, and the waiting of poll and select.
///
/// Read [Poller] first. Each file's state is guarded by its monitor; waking never takes another file's.
@NullMarked
package faultline.kernel.vfs.event;

import org.jspecify.annotations.NullMarked;
