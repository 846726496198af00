package faultline.kernel.syscall;

import static faultline.kernel.mm.MemPolicy.MPOL_MF_MOVE;
import static faultline.kernel.mm.MemPolicy.MPOL_MF_MOVE_ALL;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.Errno;
import faultline.kernel.mm.MemPolicy;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.NumaNodes;
import faultline.kernel.mm.PolicyCalls;
import faultline.kernel.mm.fault.Gup;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.task.PtraceAccess;
import faultline.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/// Memory policies, and where pages are: mbind and its family. `mm/mempolicy.c` and `mm/migrate.c` of Linux 6.12.
public final class NumaCalls {

    private static final int MPOL_F_NODE = 1;
    private static final int MPOL_F_ADDR = 1 << 1;
    private static final int MPOL_F_MEMS_ALLOWED = 1 << 2;

    private final Gup gup;

    /// `gup` finds the page behind an address.
    public NumaCalls(Gup gup) {
        this.gup = gup;
    }

    public void register(SyscallTable table) {
        table.add("mbind", "ptr size hex ptr uint hex", this::mbind);
        table.add("set_mempolicy", "hex ptr uint", NumaCalls::setMempolicy);
        table.add("get_mempolicy", "ptr ptr uint ptr hex", this::getMempolicy);
        table.add("set_mempolicy_home_node", "ptr size uint hex", (task, a) -> {
            new PolicyCalls(task.mm()).setHomeNode(a[0], a[1], a[2], a[3]);
            return 0;
        });
        table.add("migrate_pages", "pid uint ptr ptr", this::migratePages);
        table.add("move_pages", "pid uint ptr ptr ptr hex", this::movePages);
    }

    private static NumaNodes nodesOf(Task task) {
        return task.mm().kernel().nodes();
    }

    private PolicyCalls calls(Mm mm) {
        return new PolicyCalls(mm, va -> {
            int _ = gup.read(mm, va, new byte[1], 0, 1, false);
        });
    }

    private static boolean isPrivileged(Task task) {
        return task.identity().isPrivileged();
    }

    /// A mask of `maxNode - 1` nodes; those there is no room for may be named, but not be asked for. EFAULT, EINVAL:
    /// `get_nodes`.
    private static long nodes(Task task, long va, long maxNode) {
        long bits = maxNode - 1;
        if (bits == 0 || va == 0) {
            return 0;
        }
        PageGeometry geometry = task.mm().geometry();
        if (Long.compareUnsigned(bits, (long) geometry.bytes() * Byte.SIZE) > 0) {
            throw Errno.EINVAL.exception();
        }
        UserMemory memory = task.memory();
        for (long word = (bits - 1) / Long.SIZE; word > 0; word--) {
            if (masked(memory.load64(va + word * Long.BYTES), bits - word * Long.SIZE) != 0) {
                throw Errno.EINVAL.exception();
            }
        }
        return masked(memory.load64(va), bits);
    }

    private static long masked(long word, long bits) {
        return bits >= Long.SIZE ? word : word & (1L << bits) - 1;
    }

    private long mbind(Task task, long[] a) {
        int mode = (int) a[2];
        NumaNodes.checkMode(mode);
        long nodes = nodes(task, a[3], a[4]);
        calls(task.mm()).mbind(a[0], a[1], mode, nodes, a[5], isPrivileged(task));
        return 0;
    }

    private static long setMempolicy(Task task, long[] a) {
        int mode = (int) a[0];
        NumaNodes.checkMode(mode);
        task.setMemPolicy(nodesOf(task).policy(mode, nodes(task, a[1], a[2])));
        return 0;
    }

    private long getMempolicy(Task task, long[] a) {
        long maxNode = a[2];
        long flags = a[4];
        NumaNodes machine = nodesOf(task);
        if (a[1] != 0 && Long.compareUnsigned(maxNode, machine.count()) < 0
                || (flags & ~(MPOL_F_NODE | MPOL_F_ADDR | MPOL_F_MEMS_ALLOWED)) != 0) {
            throw Errno.EINVAL.exception();
        }
        int told;
        long nodes;
        if ((flags & MPOL_F_MEMS_ALLOWED) != 0) {
            if ((flags & (MPOL_F_NODE | MPOL_F_ADDR)) != 0) {
                throw Errno.EINVAL.exception();
            }
            told = 0;
            nodes = machine.online();
        } else {
            MemPolicy policy = policyOf(task, a[3], flags);
            told = (flags & MPOL_F_NODE) != 0 ? node(task, policy, a[3], flags) : toldMode(policy);
            nodes = policy == null ? 0 : policy.toldNodes();
        }
        if (a[0] != 0) {
            task.memory().store32(a[0], told);
        }
        if (a[1] != 0) {
            writeNodes(task, a[1], maxNode, nodes);
        }
        return 0;
    }

    private static @Nullable MemPolicy policyOf(Task task, long va, long flags) {
        if ((flags & MPOL_F_ADDR) != 0) {
            return new PolicyCalls(task.mm()).policyAt(va);
        }
        if (va != 0) {
            throw Errno.EINVAL.exception();
        }
        return task.memPolicy();
    }

    private static int toldMode(@Nullable MemPolicy policy) {
        return policy == null ? MemPolicy.MPOL_DEFAULT : policy.mode() | policy.flags();
    }

    /// The node of a page, which is made if need be, or the one that the task's next page is to come from.
    private int node(Task task, @Nullable MemPolicy policy, long va, long flags) {
        if ((flags & MPOL_F_ADDR) != 0) {
            byte[] any = new byte[1];
            if (gup.read(task.mm(), task.mm().geometry().down(va), any, 0, 1, false) != 1) {
                throw Errno.EFAULT.exception();
            }
            return Math.max(0, (int) new PolicyCalls(task.mm()).nodeOf(va));
        }
        if (policy == null || !policy.takesTurns()) {
            throw Errno.EINVAL.exception();
        }
        return task.turns().peek(policy.nodes(), policy.mode() == MemPolicy.MPOL_WEIGHTED_INTERLEAVE);
    }

    /// `copy_nodes_to_user`: what there is no node for is cleared.
    private static void writeNodes(Task task, long va, long maxNode, long nodes) {
        long bytes = (maxNode - 1 + Long.SIZE - 1) / Long.SIZE * Long.BYTES;
        if (bytes > Long.BYTES) {
            if (Long.compareUnsigned(bytes, task.mm().geometry().bytes()) > 0) {
                throw Errno.EINVAL.exception();
            }
            task.memory().clear(va + Long.BYTES, bytes - Long.BYTES);
        }
        if (bytes != 0) {
            task.memory().store64(va, nodes);
        }
    }

    /// The task whose pages are meant, which the caller may look into. ESRCH, EPERM.
    private static Task target(Task task, int pid) {
        Task target = pid == 0 ? task : task.tasks().find(pid);
        if (target == null) {
            throw Errno.ESRCH.exception();
        }
        if (!PtraceAccess.permits(task, target, PtraceAccess.Mode.REAL)) {
            throw Errno.EPERM.exception();
        }
        return target;
    }

    private long migratePages(Task task, long[] a) {
        long from = nodes(task, a[2], a[1]);
        long to = nodes(task, a[3], a[1]);
        Task target = target(task, (int) a[0]);
        if ((to & ~nodesOf(task).online()) != 0 && !isPrivileged(task)) {
            throw Errno.EPERM.exception();
        }
        if ((to & nodesOf(task).online()) == 0) {
            throw Errno.EINVAL.exception();
        }
        long usable = to & nodesOf(task).online();
        return OtherMm.with(target, Errno.EINVAL, mm -> calls(mm).migrate(from, usable, isPrivileged(task)));
    }

    private long movePages(Task task, long[] a) {
        long flags = a[5];
        if ((flags & ~(MPOL_MF_MOVE | MPOL_MF_MOVE_ALL)) != 0) {
            throw Errno.EINVAL.exception();
        }
        if ((flags & MPOL_MF_MOVE_ALL) != 0 && !isPrivileged(task)) {
            throw Errno.EPERM.exception();
        }
        return OtherMm.with(target(task, (int) a[0]), Errno.EINVAL, mm -> movePages(task, calls(mm), a));
    }

    private static long movePages(Task task, PolicyCalls calls, long[] a) {
        UserMemory memory = task.memory();
        PolicyCalls.Status status = (i, value) -> memory.store32(a[4] + i * Integer.BYTES, value);
        if (a[3] == 0) {
            for (long i = 0; i < a[1]; i++) {
                status.tell(i, (int) calls.nodeOf(memory.loadWord(a[2] + i * Long.BYTES)));
            }
            return 0;
        }
        PolicyCalls.Asked asked = new PolicyCalls.Asked() {
            @Override
            public long address(long index) {
                return memory.loadWord(a[2] + index * Long.BYTES);
            }

            @Override
            public int node(long index) {
                int node = memory.load32(a[3] + index * Integer.BYTES);
                if (!nodesOf(task).isOnline(node)) {
                    throw Errno.ENODEV.exception();
                }
                return node;
            }
        };
        return calls.movePages(asked, a[1], (a[5] & MPOL_MF_MOVE_ALL) != 0, status);
    }
}
