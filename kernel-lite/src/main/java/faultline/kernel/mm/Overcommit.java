package faultline.kernel.mm;

import faultline.kernel.Errno;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// How much memory is promised to mappings, and whether more may be: Committed_AS and `__vm_enough_memory`.
///
/// Promised are private mappings that may be written, and shared memory that belongs to no file. A promise is made
/// before there are pages, and taken back with the mapping; what a program then uses of it is nobody's concern
/// here. Files in memory, and shared memory without a reservation, are promised page by page ([FilePages]).
public final class Overcommit {

    /// What root may write to `/proc/sys/vm` about it. Of the ratio and the kilobytes one counts, the other is 0:
    /// the one that was changed last.
    public enum Setting {
        /// 0 refuses what could never be had, 1 nothing, 2 everything beyond the limit.
        OVERCOMMIT_MEMORY(0, 2),

        /// The limit of mode 2 in per cent of RAM; swap comes on top.
        OVERCOMMIT_RATIO(50, Integer.MAX_VALUE),

        /// The same in KiB.
        OVERCOMMIT_KBYTES(0, Long.MAX_VALUE),

        /// What mode 2 keeps for root, in KiB.
        ADMIN_RESERVE_KBYTES(0, Long.MAX_VALUE),

        /// What mode 2 keeps from one process, so that its user can start another that ends it, in KiB.
        USER_RESERVE_KBYTES(0, Long.MAX_VALUE);

        private final long first;
        private final long most;
        private final String fileName = name().toLowerCase(Locale.ROOT);

        Setting(long first, long most) {
            this.first = first;
            this.most = most;
        }

        /// The file's name.
        public String fileName() {
            return fileName;
        }
    }

    private static final int GUESS = 0;
    private static final int ALWAYS = 1;
    private static final int NEVER = 2;

    /// A process keeps one part in so many of its size free for its user, at most USER_RESERVE_KBYTES.
    private static final int USER_PART = 32;

    /// A part of the memory that is free at the start, at most so many KiB: `init_user_reserve`,
    /// `init_admin_reserve`.
    private static final int RESERVE_PART = 32;

    private static final long MOST_USER_RESERVE = 1 << 17;
    private static final long MOST_ADMIN_RESERVE = 1 << 13;

    private final long ramPages;
    private final LongSupplier swapPages;
    private final int pageShift;

    /// In pages.
    private final AtomicLong committed = new AtomicLong();

    private final AtomicLong[] settings = new AtomicLong[Setting.values().length];

    Overcommit(long ramPages, LongSupplier swapPages, int pageShift) {
        this.ramPages = ramPages;
        this.swapPages = swapPages;
        this.pageShift = pageShift;
        for (Setting setting : Setting.values()) {
            settings[setting.ordinal()] = new AtomicLong(setting.first);
        }
        long part = (ramPages << pageShift >>> 10) / RESERVE_PART;
        cell(Setting.USER_RESERVE_KBYTES).set(Math.min(part, MOST_USER_RESERVE));
        cell(Setting.ADMIN_RESERVE_KBYTES).set(Math.min(part, MOST_ADMIN_RESERVE));
    }

    private AtomicLong cell(Setting setting) {
        return settings[setting.ordinal()];
    }

    public long get(Setting setting) {
        return cell(setting).get();
    }

    /// EINVAL for what the setting cannot be.
    public void set(Setting setting, long value) {
        if (value < 0 || value > setting.most) {
            throw Errno.EINVAL.exception();
        }
        cell(setting).set(value);
        switch (setting) {
            case OVERCOMMIT_RATIO -> cell(Setting.OVERCOMMIT_KBYTES).set(0);
            case OVERCOMMIT_KBYTES -> cell(Setting.OVERCOMMIT_RATIO).set(0);
            case OVERCOMMIT_MEMORY, ADMIN_RESERVE_KBYTES, USER_RESERVE_KBYTES -> {
                // Nothing else is about the same.
            }
        }
    }

    /// Whether what a mapping asks for without a reservation (MAP_NORESERVE, SHM_NORESERVE) is given so.
    public boolean honoursNoReserve() {
        return get(Setting.OVERCOMMIT_MEMORY) != NEVER;
    }

    /// Pages that are promised: Committed_AS.
    public long committed() {
        return committed.get();
    }

    /// Pages that mode 2 promises at most: CommitLimit.
    public long limit() {
        long kilobytes = get(Setting.OVERCOMMIT_KBYTES);
        long ram = kilobytes != 0 ? pages(kilobytes) : ramPages * get(Setting.OVERCOMMIT_RATIO) / 100;
        return ram + swapPages.getAsLong();
    }

    private long pages(long kilobytes) {
        return kilobytes >>> pageShift - 10;
    }

    /// Promises pages to an address space; ENOMEM when there are none to promise.
    void commit(Mm mm, long pages) {
        long now = committed.addAndGet(pages);
        if (!isEnough(mm, pages, now)) {
            committed.addAndGet(-pages);
            throw Errno.ENOMEM.exception();
        }
    }

    private boolean isEnough(Mm mm, long pages, long now) {
        switch ((int) get(Setting.OVERCOMMIT_MEMORY)) {
            case ALWAYS -> {
                return true;
            }
            case GUESS -> {
                return pages <= ramPages + swapPages.getAsLong();
            }
            default -> {
                long allowed = limit();
                if (!mm.limits().isAdministrator()) {
                    allowed -= pages(get(Setting.ADMIN_RESERVE_KBYTES));
                }
                return now < allowed - Math.min(mm.totalVm() / USER_PART, pages(get(Setting.USER_RESERVE_KBYTES)));
            }
        }
    }

    /// Counts pages as promised that nobody need be asked for: `vm_acct_memory`.
    void account(long pages) {
        committed.addAndGet(pages);
    }

    /// Takes a promise back: `vm_unacct_memory`.
    void uncommit(long pages) {
        account(-pages);
    }
}
