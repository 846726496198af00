package faultline.cli.run;

import faultline.core.arch.Architecture;
import faultline.core.arch.CpuModel;
import faultline.core.mmu.MmuChoice;
import faultline.core.mmu.PageGeometry;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.elf.ElfFile;
import faultline.kernel.mm.fault.StackGrowth;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The architectures that are installed.
public final class Ports {

    private Ports() {}

    /// What the architecture that runs this file brings. Refuses a file of another one.
    public static KernelPort of(ElfFile file) {
        return of(new ProgramFile.Target(file.machine(), file.order()), file.name());
    }

    /// The same for what a file is made for; `name` is the file's.
    static KernelPort of(ProgramFile.Target target, String name) {
        for (KernelPort port : ServiceLoader.load(KernelPort.class)) {
            if (port.elfMachine() == target.machine() && port.byteOrder() == target.order()) {
                return port;
            }
        }
        throw Refusal.cannotRun(name + ": is for " + ElfFile.machineName(target.machine(), target.order())
                + ", which Faultline does not run; it runs " + names());
    }

    /// The one that `--arch` names.
    public static KernelPort named(String architecture) {
        return all().stream()
                .filter(port -> port.architecture().name().equals(architecture))
                .findFirst()
                .orElseThrow(() -> Refusal.usage("--arch " + architecture + ": there are " + names()));
    }

    /// All of them.
    public static List<KernelPort> all() {
        List<KernelPort> all = new ArrayList<>();
        ServiceLoader.load(KernelPort.class).forEach(all::add);
        return all;
    }

    private static String names() {
        return all().stream().map(port -> port.architecture().name()).collect(Collectors.joining(", "));
    }

    /// The page size `--page-size` asks for in bytes, or with 0 the usual one.
    public static PageGeometry pages(KernelPort port, long bytes) {
        List<PageGeometry> sizes = port.architecture().pageSizes();
        if (bytes == 0) {
            return sizes.getFirst();
        }
        return sizes.stream()
                .filter(size -> size.bytes() == bytes)
                .findFirst()
                .orElseThrow(() -> Refusal.usage("--page-size " + size(bytes) + ": "
                        + port.architecture().name() + " has no such pages; it has "
                        + sizes.stream().map(PageGeometry::toString).collect(Collectors.joining(", "))));
    }

    private static String size(long bytes) {
        return bytes % 1024 == 0 ? (bytes >> 10) + "k" : Long.toString(bytes);
    }

    /// The kind of MMU `--mmu` names, or the usual one, with pages of the size `--page-size` asks for.
    static MmuChoice mmu(KernelPort port, @Nullable String kind, long pageBytes) {
        List<String> kinds = port.architecture().mmuKinds();
        if (kind != null && !kinds.contains(kind)) {
            throw Refusal.usage("--mmu " + kind + ": " + port.architecture().name() + " has no such MMU; it has "
                    + String.join(", ", kinds));
        }
        return new MmuChoice(kind == null ? kinds.getFirst() : kind, pages(port, pageBytes));
    }

    /// The rule `--stack-growth` names, or the usual one.
    static StackGrowth stackGrowth(KernelPort port, @Nullable StackGrowth rule) {
        List<StackGrowth> rules = port.stackGrowth();
        if (rule != null && !rules.contains(rule)) {
            throw Refusal.usage("--stack-growth " + rule + ": "
                    + port.architecture().name() + " never had that rule; it has "
                    + rules.stream().map(StackGrowth::toString).collect(Collectors.joining(", ")));
        }
        return rule == null ? rules.getFirst() : rule;
    }

    /// The CPU model `--cpu` names, or the default.
    public static CpuModel model(KernelPort port, @Nullable String name) {
        Architecture architecture = port.architecture();
        return name == null ? architecture.models().getFirst() : model(architecture, name);
    }

    /// The CPU model of that name.
    public static CpuModel model(Architecture architecture, String name) {
        List<CpuModel> models = architecture.models();
        for (CpuModel model : models) {
            if (model.name().equals(name)) {
                return model;
            }
        }
        throw Refusal.usage("--cpu " + name + ": " + architecture.name() + " has no such model; there are "
                + models.stream().map(CpuModel::name).collect(Collectors.joining(", ")));
    }
}
