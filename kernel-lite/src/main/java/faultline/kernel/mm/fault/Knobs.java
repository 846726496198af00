package faultline.kernel.mm.fault;

import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.pgtable.LocklessWalk;
import faultline.kernel.mm.pgtable.PteLockStorage;
import faultline.kernel.mm.pgtable.TableMoves;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What was chosen with `--knob`. Immutable; every question gives what the version of a design would
/// have, and gets that where nothing was chosen.
public final class Knobs {

    /// Nothing chosen.
    public static final Knobs NONE = new Knobs(Map.of());

    private final Map<Knob, String> chosen;

    private Knobs(Map<Knob, String> chosen) {
        this.chosen = chosen;
    }

    /// With one more choice, `name=value`. Throws `IllegalArgumentException`, with what there is, for
    /// one that does not exist.
    public Knobs with(String choice) {
        int equals = choice.indexOf('=');
        String key = equals < 0 ? choice : choice.substring(0, equals);
        Knob knob = Knob.named(key)
                .orElseThrow(() -> new IllegalArgumentException("no knob is called " + key + "; there are "
                        + Arrays.stream(Knob.values()).map(Knob::key).collect(Collectors.joining(", "))));
        String value = equals < 0 ? "" : choice.substring(equals + 1);
        List<String> asked = knob == Knob.FIXED ? List.of(value.split(",", -1)) : List.of(value);
        for (String one : asked) {
            if (!knob.choices().contains(one)) {
                throw new IllegalArgumentException(
                        "knob " + key + " is not " + one + "; it is " + String.join(", ", knob.choices()));
            }
        }
        Map<Knob, String> all = new EnumMap<>(Knob.class);
        all.putAll(chosen);
        all.put(knob, value);
        return new Knobs(all);
    }

    /// Sets what is chosen of the machine's memory; before the first address space.
    public void apply(KernelMemory kernel) {
        if (reclaimsTables()) {
            kernel.tableReclaim().reclaimEmpty();
        }
        kernel.tableReclaim().moveBy(pick(Knob.MREMAP, TableMoves.values(), TableMoves.PTE));
        if (tables() == TableMaking.LOCKED) {
            kernel.tableReclaim().awaitTableMakers();
        }
        kernel.tableFrames().storeLocks(pick(Knob.PTE_LOCK_STORAGE, PteLockStorage.values(), PteLockStorage.EMBEDDED));
    }

    /// Whether emptied page tables are freed, which only a machine can do that frees all by RCU.
    public boolean reclaimsTables() {
        return is(Knob.PT_RECLAIM, "on");
    }

    /// Whether speculative faults make page tables.
    TableMaking tables() {
        return pick(Knob.SPF_TABLES, TableMaking.values(), TableMaking.OFF);
    }

    /// Whether a speculative fault of `spf-vma` looks who handles it in user space.
    boolean speculatesOnUserfaults() {
        return is(Knob.SPF_USERFAULT, "handled");
    }

    /// How speculative walks protect themselves.
    LocklessWalk walk(LocklessWalk usual) {
        return pick(Knob.WALK, LocklessWalk.values(), usual);
    }

    /// What is done about a PTE lock that is held.
    TryPolicy pteLock(TryPolicy usual) {
        return pick(Knob.PTE_LOCK, TryPolicy.values(), usual);
    }

    /// Whether address spaces with one user speculate.
    boolean speculatesAlone() {
        return is(Knob.SINGLE_THREAD, "speculate");
    }

    /// Whether a fault that has waited for a page takes its VMA's lock again first.
    boolean retriesUnderVmaLock() {
        return is(Knob.IO_RETRY, "vma-lock");
    }

    /// Whether there is VM_FAULT_COMPLETED; `usual` where nobody has chosen.
    boolean completes(boolean usual) {
        return usual ? !is(Knob.COMPLETED, "off") : is(Knob.COMPLETED, "on");
    }

    /// Whether a PTE is wider than what is read at once.
    boolean hasWidePtes() {
        return is(Knob.WIDE_PTE, "on");
    }

    /// Whether a ppc64 kernel has protection keys.
    boolean hasMemKeys() {
        return !is(Knob.MEM_KEYS, "off");
    }

    /// Which of a version's defects are left.
    Set<Defect> remaining(Set<Defect> posted) {
        EnumSet<Defect> left = EnumSet.noneOf(Defect.class);
        String fixed = chosen.getOrDefault(Knob.FIXED, "none");
        if (!fixed.equals("all")) {
            List<String> mended = List.of(fixed.split(","));
            posted.stream()
                    .filter(defect -> !mended.contains(defect.toString()))
                    .forEach(left::add);
        }
        return left;
    }

    private boolean is(Knob knob, String value) {
        return value.equals(chosen.get(knob));
    }

    private <E extends Enum<E>> E pick(Knob knob, E[] values, E usual) {
        @Nullable String name = chosen.get(knob);
        return Arrays.stream(values)
                .filter(value -> value.toString().equals(name))
                .findFirst()
                .orElse(usual);
    }

    /// As `name=value`, in the order of [Knob]; empty where nothing was chosen.
    @Override
    public String toString() {
        return chosen.entrySet().stream()
                .map(entry -> entry.getKey().key() + "=" + entry.getValue())
                .collect(Collectors.joining(" "));
    }
}
