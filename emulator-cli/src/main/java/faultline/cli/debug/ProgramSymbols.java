package faultline.cli.debug;

import faultline.cli.run.ProgramFile;
import faultline.kernel.elf.ByteSource;
import faultline.kernel.elf.ElfFile;
import faultline.kernel.elf.ElfSymbols;

/// The symbols of the file that is debugged, before it runs and where it lies.
final class ProgramSymbols {

    private final ElfFile elf;
    private final ByteSource source;
    private final ElfSymbols unplaced;

    ProgramSymbols(ProgramFile file) {
        this.source = ByteSource.of(file.bytes());
        this.elf = file.headers(source);
        this.unplaced = ElfSymbols.read(elf, source, 0);
    }

    ElfFile elf() {
        return elf;
    }

    /// At the addresses the file says.
    ElfSymbols unplaced() {
        return unplaced;
    }

    /// At the addresses it was loaded to.
    ElfSymbols at(long bias) {
        return bias == 0 ? unplaced : ElfSymbols.read(elf, source, bias);
    }

    /// Whether its addresses are known only once it runs.
    boolean isMovable() {
        return elf.isPositionIndependent();
    }
}
