package faultline.x86.mmu;

import static faultline.x86.mmu.Pte.A;
import static faultline.x86.mmu.Pte.BEYOND_PHYSICAL;
import static faultline.x86.mmu.Pte.D;
import static faultline.x86.mmu.Pte.NX;
import static faultline.x86.mmu.Pte.P;
import static faultline.x86.mmu.Pte.PFN;
import static faultline.x86.mmu.Pte.PS;
import static faultline.x86.mmu.Pte.RW;
import static faultline.x86.mmu.Pte.US;

import faultline.core.cpu.GuestTrap;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mem.TableWalker;
import faultline.core.mmu.Access;
import faultline.core.mmu.Privilege;
import faultline.core.mmu.Walk;

/// The page-table walker: 4-level paging (SDM Vol. 3A, 4.5) with CR0.WP, EFER.NXE and CR4.PKE set,
/// as Linux runs.
///
/// Accessed bits are set on the way down and the dirty bit at the leaf, each by compare-and-set: an
/// entry that changed meanwhile is read and judged again, so that a bit never lands in an entry the
/// kernel has just replaced.
///
/// Rights are those of every level together: RW and US must be set, and NX clear, all the way.
public final class X86Mmu extends TableWalker {

    private static final int ROOT_LEVEL = 3;

    /// What an access to an address that is not sign-extended from bit 47 raises instead of a page
    /// fault: `#GP`, or `#SS` where the access went through the stack segment (SDM Vol. 1,
    /// 3.3.7.1). A walk cannot tell the two apart; whoever reports the exception can.
    public static final GuestTrap NON_CANONICAL = new GuestTrap("#GP: non-canonical address", 13, 0);

    private int pkru;

    public X86Mmu(PhysicalMemory memory) {
        super(memory);
    }

    /// The protection-key rights of the thread that runs. The caller flushes the soft TLB when they
    /// change: hardware checks PKRU behind its TLB, ours holds rights that were checked already.
    public void setPkru(int value) {
        pkru = value;
    }

    public int pkru() {
        return pkru;
    }

    @Override
    public Walk walk(long va, Access access, Privilege privilege) {
        boolean user = privilege == Privilege.USER;
        long code = requestCode(access, user);
        if (va << 16 >> 16 != va) {
            return nonCanonical(va, code, user);
        }
        long table = root;
        long path = RW | US;
        int level = ROOT_LEVEL;
        while (true) {
            long entryPa = table + ((va >>> Pte.shift(level) & 0x1ff) << 3);
            long entry = memory.load64(entryPa);
            if ((entry & P) == 0) {
                return faulted.set(va, code);
            }
            if ((entry & reserved(level, entry)) != 0) {
                return faulted.set(va, code | PageFaultCode.P | PageFaultCode.RSVD);
            }
            long rights = path & entry & (RW | US) | (path | entry) & NX;
            if (level == 0 || (entry & PS) != 0) {
                boolean keyDenies = access != Access.EXECUTE && keyDenies(rights, entry, access == Access.WRITE);
                if (keyDenies || !permits(rights, access, user)) {
                    return faulted.set(va, code | PageFaultCode.P | (keyDenies ? PageFaultCode.PK : 0));
                }
                long used = entry | A | (access == Access.WRITE ? D : 0);
                if (used == entry || memory.compareAndSet64(entryPa, entry, used)) {
                    return map(va, level, used, rights);
                }
            } else if ((entry & A) != 0 || memory.compareAndSet64(entryPa, entry, entry | A)) {
                path = rights;
                table = entry & PFN;
                level--;
            }
            // A lost race falls through: the same entry is read again.
        }
    }

    /// The hardware checks the first and the last byte of an access before it translates either.
    @Override
    public void checkEnd(long va, Privilege privilege) {
        if (va << 16 >> 16 != va && privilege == Privilege.USER) {
            throw NON_CANONICAL;
        }
    }

    private static long requestCode(Access access, boolean user) {
        long code = user ? PageFaultCode.U : 0;
        return switch (access) {
            case READ -> code;
            case WRITE -> code | PageFaultCode.W;
            case EXECUTE -> code | PageFaultCode.I;
        };
    }

    /// User mode gets the general-protection exception. The kernel's own access to such an address
    /// is an ordinary bad address: hardware raises the exception there too, and Linux's fixup makes
    /// EFAULT of it.
    private Walk nonCanonical(long va, long code, boolean user) {
        if (user) {
            throw NON_CANONICAL;
        }
        return faulted.set(va, code);
    }

    /// The bits that must be zero in a present entry of a level.
    private static long reserved(int level, long entry) {
        if (level == ROOT_LEVEL) {
            return BEYOND_PHYSICAL | PS;
        }
        if (level == 0 || (entry & PS) == 0) {
            return BEYOND_PHYSICAL;
        }
        // A large leaf: the address bits below its size, but for bit 12, which is its PAT.
        return BEYOND_PHYSICAL | (1L << Pte.shift(level)) - 1 & -1L << 13;
    }

    /// Whether page rights allow an access; stores of the kernel obey RW because CR0.WP is set.
    private static boolean permits(long rights, Access access, boolean user) {
        if (user && (rights & US) == 0) {
            return false;
        }
        return switch (access) {
            case READ -> true;
            case WRITE -> (rights & RW) != 0;
            case EXECUTE -> (rights & NX) == 0;
        };
    }

    /// Whether PKRU denies a data access (SDM Vol. 3A, 4.6.2): user pages only, from whatever mode,
    /// never a fetch.
    private boolean keyDenies(long rights, long entry, boolean write) {
        if ((rights & US) == 0) {
            return false;
        }
        int denied = pkru >>> 2 * Pte.key(entry);
        return (denied & (write ? 3 : 1)) != 0;
    }

    /// Grants to the TLB what user mode may do too: its entries do not know who filled them.
    private Walk map(long va, int level, long entry, long rights) {
        long offset = (1L << Pte.shift(level)) - 1;
        long pa = entry & PFN & ~offset | va & offset;
        boolean user = (rights & US) != 0;
        boolean writable = (rights & RW) != 0 && (entry & D) != 0;
        return mapped.set(
                pa,
                user && !keyDenies(rights, entry, false),
                user && writable && !keyDenies(rights, entry, true),
                user && (rights & NX) == 0);
    }
}
