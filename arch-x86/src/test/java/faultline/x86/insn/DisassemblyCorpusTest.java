package faultline.x86.insn;

import faultline.core.testing.DisassemblyCorpusContract;

class DisassemblyCorpusTest extends DisassemblyCorpusContract {

    DisassemblyCorpusTest() {
        super(new X86Survey(), TestResources.lines("objdump.corpus"));
    }
}
