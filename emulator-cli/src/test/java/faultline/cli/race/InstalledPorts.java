package faultline.cli.race;

import faultline.cli.run.Ports;
import faultline.core.mmu.MmuChoice;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.testing.PortFacts;
import faultline.kernel.testing.RacePort;
import faultline.kernel.testing.TableRace.Flush;
import java.util.stream.Stream;

/// The installed architectures with each kind of MMU they have, as races see them.
final class InstalledPorts {

    private InstalledPorts() {}

    /// One of them, and what Linux and its manual say of it.
    record Installed(RacePort port, PortFacts facts) {

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
                        .map(choice -> new Installed(RacePort.of(port, choice), facts(port, choice))));
    }

    private static PortFacts facts(KernelPort port, MmuChoice choice) {
        return switch (port.architecture().name()) {
            case "x86" -> new PortFacts(Flush.INTERRUPT, false, false);
            case "arm64" -> new PortFacts(Flush.BROADCAST, false, true);
            case "ppc64", "ppc64le" ->
                new PortFacts(Flush.BROADCAST_AND_INTERRUPT, !choice.kind().equals(MmuChoice.RADIX), false);
            default ->
                throw new IllegalStateException(port.architecture().name() + ": say here what races come out by");
        };
    }
}
