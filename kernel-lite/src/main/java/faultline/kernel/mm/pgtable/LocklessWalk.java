package faultline.kernel.mm.pgtable;

import faultline.core.cpu.Vcpu;
import faultline.kernel.rcu.Rcu;
import java.util.Locale;

/// What keeps the page tables that a walk goes through from being freed under it, where the walk
/// holds no lock: begin, walk, end.
///
/// In between the walker does not block, and what it finds may be out of date: a table that it is in
/// may have been unhooked already, but its frame serves nothing else before the end. Whoever stores
/// through what it found must look again, under a lock, whether the table is still hooked.
///
/// How it does that depends on how tables are freed. Where they are freed after a grace period a
/// read section is enough; where only the flush's interrupt is waited for, the walker turns
/// interrupts off, and the flush waits for it. The second also stops a grace period, since Linux
/// 5.0, and is right in every mode; the first is not where a batch fell back
/// ([TableFreeing#RCU_FALLBACK]).
public enum LocklessWalk {

    /// `rcu_read_lock`.
    READ_SECTION {
        @Override
        public void begin(Vcpu self, Rcu rcu) {
            rcu.readLock(self);
        }

        @Override
        public void end(Vcpu self, Rcu rcu) {
            rcu.readUnlock(self);
        }
    },

    /// `local_irq_disable`.
    INTERRUPTS_OFF {
        @Override
        public void begin(Vcpu self, Rcu rcu) {
            // Turning interrupts off is the fence that the section needs too.
            rcu.readLockUnfenced(self);
            self.interruptsOff();
        }

        @Override
        public void end(Vcpu self, Rcu rcu) {
            self.interruptsOn();
            rcu.readUnlock(self);
        }
    },

    /// Nothing: wrong in every mode, and there to show it.
    NONE {
        @Override
        public void begin(Vcpu self, Rcu rcu) {}

        @Override
        public void end(Vcpu self, Rcu rcu) {}
    };

    /// The caller runs in kernel mode with interrupts on.
    public abstract void begin(Vcpu self, Rcu rcu);

    public abstract void end(Vcpu self, Rcu rcu);

    /// What speculative walks of Linux's patches choose: a read section wherever tables are freed by
    /// RCU.
    public static LocklessWalk usual(TableFreeing freeing) {
        return freeing.isRcu() ? READ_SECTION : INTERRUPTS_OFF;
    }

    /// Its name on the command line.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
