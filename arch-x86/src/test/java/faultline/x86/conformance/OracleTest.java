package faultline.x86.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import faultline.core.testing.OracleContract;
import java.nio.file.Path;
import java.util.List;

/// Where gcc and an x86-64 processor are.
class OracleTest extends OracleContract {

    OracleTest() {
        super(new X86Conformance());
    }

    @Override
    protected List<Path> programs() {
        assumeTrue(System.getProperty("os.arch").equals("amd64"));
        return List.of(Path.of("/usr/bin/gcc"));
    }

    @Override
    protected List<String> command(String oracle) {
        return List.of(oracle);
    }
}
