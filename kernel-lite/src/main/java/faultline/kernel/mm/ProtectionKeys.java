package faultline.kernel.mm;

import faultline.core.cpu.Cpu;

/// The protection keys of an architecture: how many there are and how a thread's rights to them are
/// kept.
public interface ProtectionKeys {

    /// `pkey_alloc`'s PKEY_DISABLE_ACCESS.
    int DISABLE_ACCESS = 1;

    /// `pkey_alloc`'s PKEY_DISABLE_WRITE.
    int DISABLE_WRITE = 2;

    /// Of an architecture without protection keys.
    ProtectionKeys NONE = new ProtectionKeys() {
        @Override
        public int count(Cpu cpu) {
            return 0;
        }

        @Override
        public void setRights(Cpu cpu, int key, int rights) {
            throw new IllegalStateException("mm: there is no protection key " + key);
        }

        @Override
        public int rights(Cpu cpu, int key) {
            return 0;
        }
    };

    /// How many keys the thread's processor has, key 0 included; 0 when it has none.
    int count(Cpu cpu);

    /// Which keys programs may not allocate, beside key 0, a bit each.
    default int reserved(Cpu cpu) {
        return 0;
    }

    /// The key that pages get which may only be executed, or -1 where any is taken that is free when it
    /// is first needed.
    default int executeOnlyKey() {
        return -1;
    }

    /// What `pkey_alloc` may forbid: PKEY_ACCESS_MASK.
    default int rightsMask() {
        return DISABLE_ACCESS | DISABLE_WRITE;
    }

    /// Gives the thread of a new program the rights it begins with.
    default void begin(Cpu cpu) {}

    /// Sets the thread's rights to a key: DISABLE_* bits.
    void setRights(Cpu cpu, int key, int rights);

    /// The thread's rights to a key: DISABLE_* bits.
    int rights(Cpu cpu, int key);

    /// Whether a thread's rights permit a load or a store to a VMA of its own: `arch_vma_access_permitted`.
    default boolean permit(Vma vma, Cpu cpu, boolean write) {
        int key = vma.pkey();
        if (key == 0 || count(cpu) == 0) {
            return true;
        }
        return (rights(cpu, key) & (write ? DISABLE_ACCESS | DISABLE_WRITE : DISABLE_ACCESS)) == 0;
    }
}
