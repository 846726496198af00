package faultline.arm64.conformance;

import faultline.core.testing.DisassemblyCorpusContract;
import faultline.core.testing.Lines;

class DisassemblyCorpusTest extends DisassemblyCorpusContract {

    private static final String CORPUS = "objdump.corpus";

    DisassemblyCorpusTest() {
        super(new A64Survey(), Lines.of(CORPUS, DisassemblyCorpusTest.class.getResourceAsStream(CORPUS)));
    }
}
