package faultline.x86.insn;

import faultline.core.testing.DisassemblyCorpusContract;

class DisassemblyCorpusTest extends DisassemblyCorpusContract {

    DisassemblyCorpusTest() {
        super(X86Survey.port(), TestResources.lines("objdump.corpus"));
    }
}
