package faultline.cli.race;

import faultline.cli.run.Ports;
import faultline.core.mmu.MmuChoice;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.testing.RacePort;
import faultline.kernel.testing.TableRace.Flush;
import java.util.stream.Stream;

/// The installed architectures with each kind of MMU they have, as races see them.
final class InstalledPorts {

    private InstalledPorts() {}

    /// One of them, and whom its flushes wait for.
    record Installed(RacePort port, Flush flush) {

        @Override
        public String toString() {
            return port.toString();
        }
    }

    static Stream<Installed> all() {
        return Ports.all().stream()
                .flatMap(port -> port.architecture().mmuKinds().stream()
                        .map(kind -> new MmuChoice(
                                kind, port.architecture().pageSizes().getFirst()))
                        .map(choice -> new Installed(RacePort.of(port, choice), flush(port))));
    }

    private static Flush flush(KernelPort port) {
        return switch (port.architecture().name()) {
            case "x86" -> Flush.INTERRUPT;
            case "arm64" -> Flush.BROADCAST;
            case "ppc64", "ppc64le" -> Flush.BROADCAST_AND_INTERRUPT;
            default ->
                throw new IllegalStateException(
                        port.architecture().name() + ": say here whom its TLB invalidation waits for");
        };
    }
}
