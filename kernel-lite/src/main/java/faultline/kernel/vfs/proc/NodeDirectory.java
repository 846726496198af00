package faultline.kernel.vfs.proc;

import faultline.kernel.mm.NodeText;
import faultline.kernel.mm.NumaBalancing;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.FileSystem;
import faultline.kernel.vfs.Inode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/// The files of sysfs about memory nodes: `/sys/devices/system/node` and, of `/sys/kernel/mm`, `mempolicy`.
final class NodeDirectory {

    private final FileSystem fileSystem;
    private final NodeText text;

    NodeDirectory(FileSystem fileSystem, NodeText text) {
        this.fileSystem = fileSystem;
        this.text = text;
    }

    /// `/sys/devices/system/node`.
    Inode nodes() {
        Map<String, Inode> files = new LinkedHashMap<>();
        for (String name : new String[] {"has_memory", "has_normal_memory", "online", "possible"}) {
            files.put(name, file(text::online));
        }
        files.put("has_cpu", file(text::withCpus));
        for (int node = 0; node < text.count(); node++) {
            files.put("node" + node, node(node));
        }
        return new FixedDirectory(fileSystem, files);
    }

    private Inode node(int node) {
        Map<String, Inode> files = new LinkedHashMap<>();
        files.put("cpulist", file(() -> text.cpuList(node)));
        files.put("cpumap", file(() -> text.cpuMap(node)));
        files.put("distance", file(() -> text.distance(node)));
        files.put("meminfo", file(() -> text.meminfo(node)));
        files.put("numastat", file(() -> text.numastat(node)));
        files.put("vmstat", file(() -> text.vmstat(node)));
        return new FixedDirectory(fileSystem, files);
    }

    /// `/sys/kernel/mm/mempolicy`.
    Inode policy() {
        Map<String, Inode> weights = new LinkedHashMap<>();
        for (int i = 0; i < text.count(); i++) {
            int node = i;
            weights.put(
                    "node" + node,
                    ProcText.writable(
                            fileSystem,
                            Credentials.ROOT,
                            () -> text.weight(node) + "\n",
                            value -> text.setWeight(node, ProcFileSystem.parse(value))));
        }
        return new FixedDirectory(fileSystem, Map.of("weighted_interleave", new FixedDirectory(fileSystem, weights)));
    }

    /// `/sys/kernel/debug/sched/numa_balancing`.
    Inode balancing(NumaBalancing settings) {
        Map<String, Inode> files = new LinkedHashMap<>();
        for (NumaBalancing.Setting setting : NumaBalancing.Setting.values()) {
            files.put(
                    setting.fileName(),
                    ProcText.writable(
                            fileSystem,
                            Credentials.ROOT,
                            () -> settings.get(setting) + "\n",
                            value -> settings.set(setting, ProcFileSystem.parse(value))));
        }
        return new FixedDirectory(fileSystem, files);
    }

    private Inode file(Supplier<String> source) {
        return ProcText.of(fileSystem, Credentials.ROOT, source::get);
    }
}
