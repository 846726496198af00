package faultline.ppc64.conformance;

import faultline.core.testing.DisassemblyCorpusContract;
import faultline.core.testing.Lines;

class DisassemblyCorpusTest extends DisassemblyCorpusContract {

    private static final String CORPUS = "objdump.corpus";

    DisassemblyCorpusTest() {
        super(Ppc64Survey.port(), Lines.of(CORPUS, DisassemblyCorpusTest.class.getResourceAsStream(CORPUS)));
    }
}
