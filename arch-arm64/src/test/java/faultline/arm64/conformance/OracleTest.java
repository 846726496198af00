package faultline.arm64.conformance;

import faultline.core.testing.OracleContract;
import java.nio.file.Path;
import java.util.List;

/// Where a cross compiler and qemu's user-mode emulation are.
class OracleTest extends OracleContract {

    OracleTest() {
        super(new Arm64Conformance());
    }

    @Override
    protected List<Path> programs() {
        return List.of(Path.of("/usr/bin/aarch64-linux-gnu-gcc"), Path.of("/usr/bin/qemu-aarch64"));
    }

    @Override
    protected List<String> command(String oracle) {
        return List.of("qemu-aarch64", "-cpu", "max,sve=off,sme=off,pauth=off", oracle);
    }
}
