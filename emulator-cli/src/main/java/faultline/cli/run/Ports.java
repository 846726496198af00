package faultline.cli.run;

import faultline.core.arch.CpuModel;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.elf.ElfFile;
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
        return of(file.machine(), file.name());
    }

    /// The same for a machine number; `name` is the file's.
    static KernelPort of(int machine, String name) {
        for (KernelPort port : ServiceLoader.load(KernelPort.class)) {
            if (port.elfMachine() == machine) {
                return port;
            }
        }
        throw Refusal.cannotRun(name + ": is for " + ElfFile.machineName(machine)
                + ", which Faultline does not run; it runs " + names());
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

    /// The CPU model `--cpu` names, or the default.
    public static CpuModel model(KernelPort port, @Nullable String name) {
        List<CpuModel> models = port.architecture().models();
        if (name == null) {
            return models.getFirst();
        }
        for (CpuModel model : models) {
            if (model.name().equals(name)) {
                return model;
            }
        }
        throw Refusal.usage("--cpu " + name + ": " + port.architecture().name() + " has no such model; there are "
                + models.stream().map(CpuModel::name).collect(Collectors.joining(", ")));
    }
}
