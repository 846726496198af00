package faultline.ppc64.conformance;

import faultline.core.conformance.ConformancePort;
import faultline.core.testing.OracleContract;
import faultline.ppc64.cpu.CpuModels;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Nested;

/// Where a cross compiler and qemu's user-mode emulation are: every model, and both byte orders.
class OracleTest {

    @Nested
    class Newest extends Compared {
        Newest() {
            super(new Ppc64Conformance.LittleEndian());
        }
    }

    @Nested
    class Oldest extends Compared {
        Oldest() {
            super(new Ppc64Conformance.LittleEndian().of(CpuModels.all().getFirst()));
        }
    }

    @Nested
    class BigEndian extends Compared {
        BigEndian() {
            super(new Ppc64Conformance.BigEndian());
        }
    }

    abstract static class Compared extends OracleContract {

        private final ConformancePort port;
        private final String name;

        Compared(ConformancePort port) {
            super(port);
            this.port = port;
            name = port.architecture().name();
        }

        @Override
        protected List<Path> programs() {
            String compiler = name.replace("ppc64", "powerpc64") + "-linux-gnu-gcc";
            return List.of(Path.of("/usr/bin", compiler), Path.of("/usr/bin", "qemu-" + name));
        }

        @Override
        protected List<String> command(String oracle) {
            return List.of("qemu-" + name, "-cpu", port.model().name().toUpperCase(Locale.ROOT), oracle);
        }
    }
}
