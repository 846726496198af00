package faultline.kernel.vfs.proc;

import faultline.kernel.KernelHeap;
import faultline.kernel.mm.HugePageSettings;
import faultline.kernel.mm.KhugepagedSettings;
import faultline.kernel.mm.Ksm;
import faultline.kernel.mm.KsmCounters;
import faultline.kernel.mm.KsmSettings;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.FileSystem;
import faultline.kernel.vfs.Inode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/// `/sys`, as far as there is anything in it: `devices/system/node`, `kernel/mm/mempolicy`, `kernel/mm/ksm` and, where
/// the architecture has huge pages, `kernel/mm/transparent_hugepage`.
public final class SysFileSystem extends FileSystem {

    /// SYSFS_MAGIC.
    private static final long MAGIC = 0x6265_6572;

    private final Inode root;

    // The root needs its file system, which is complete but for it.
    @SuppressWarnings("this-escape")
    public SysFileSystem(int device, Clock clock, KernelHeap heap, SystemInfo system) {
        super("sysfs", device, clock, heap);
        Map<String, Inode> mm = new LinkedHashMap<>();
        HugePageSettings huge = system.hugePages();
        if (huge != null) {
            mm.put("transparent_hugepage", directory(hugePages(huge)));
        }
        Ksm ksm = system.ksm();
        if (ksm != null) {
            mm.put("ksm", directory(ksm(ksm)));
        }
        NodeDirectory nodes = new NodeDirectory(this, system.nodes());
        mm.put("mempolicy", nodes.policy());
        Map<String, Inode> top = new LinkedHashMap<>();
        top.put("devices", directory(Map.of("system", directory(Map.of("node", nodes.nodes())))));
        Inode sched = directory(Map.of("numa_balancing", nodes.balancing(system.balancing())));
        top.put("kernel", directory(Map.of("debug", directory(Map.of("sched", sched)), "mm", directory(mm))));
        this.root = directory(top);
    }

    @Override
    public Inode root() {
        return root;
    }

    @Override
    public Usage usage() {
        return new Usage(MAGIC, 0, 0, 0, 0);
    }

    private Inode directory(Map<String, Inode> entries) {
        return new FixedDirectory(this, entries);
    }

    private Inode text(Supplier<String> source) {
        return ProcText.of(this, Credentials.ROOT, source::get);
    }

    private Inode writable(Supplier<String> source, ProcText.Target target) {
        return ProcText.writable(this, Credentials.ROOT, source::get, target);
    }

    private Map<String, Inode> hugePages(HugePageSettings settings) {
        Map<String, Inode> files = new LinkedHashMap<>();
        files.put("defrag", writable(settings::defragText, settings::setDefrag));
        files.put("enabled", writable(settings::enabledText, settings::setEnabled));
        files.put("hpage_pmd_size", text(() -> settings.bytes() + "\n"));
        files.put("khugepaged", directory(khugepaged(settings.khugepaged())));
        files.put("shmem_enabled", writable(settings::shmemText, settings::setShmem));
        files.put("use_zero_page", writable(() -> "0\n", settings::setUseZeroPage));
        return files;
    }

    private Map<String, Inode> ksm(Ksm ksm) {
        Map<String, Inode> files = new LinkedHashMap<>();
        files.put("run", writable(() -> ksm.run() + "\n", text -> ksm.setRun(ProcFileSystem.parse(text))));
        for (KsmSettings.Setting setting : KsmSettings.Setting.values()) {
            files.put(
                    setting.fileName(),
                    writable(() -> ksm.get(setting) + "\n", text -> ksm.set(setting, ProcFileSystem.parse(text))));
        }
        for (KsmCounters.Counter counter : KsmCounters.Counter.values()) {
            files.put(counter.fileName(), text(() -> ksm.counters().get(counter) + "\n"));
        }
        return files;
    }

    private Map<String, Inode> khugepaged(KhugepagedSettings settings) {
        Map<String, Inode> files = new LinkedHashMap<>();
        for (KhugepagedSettings.Setting setting : KhugepagedSettings.Setting.values()) {
            files.put(
                    setting.fileName(),
                    writable(
                            () -> settings.get(setting) + "\n",
                            text -> settings.set(setting, ProcFileSystem.parse(text))));
        }
        files.put("full_scans", text(() -> settings.fullScans() + "\n"));
        files.put("pages_collapsed", text(() -> settings.pagesCollapsed() + "\n"));
        return files;
    }
}
