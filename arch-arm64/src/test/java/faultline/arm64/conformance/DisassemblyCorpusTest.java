package faultline.arm64.conformance;

import faultline.core.testing.DisassemblyCorpusContract;
import faultline.core.testing.Lines;

class DisassemblyCorpusTest extends DisassemblyCorpusContract {

    private static final String CORPUS = "objdump.corpus";

    DisassemblyCorpusTest() {
        super(A64Survey.port(), Lines.of(CORPUS, DisassemblyCorpusTest.class.getResourceAsStream(CORPUS)));
    }
}
