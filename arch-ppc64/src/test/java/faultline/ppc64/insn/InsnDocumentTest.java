package faultline.ppc64.insn;

import faultline.core.isa.table.InsnTable;
import faultline.core.testing.InsnDocumentContract;
import faultline.ppc64.Ppc64Architecture;

class InsnDocumentTest extends InsnDocumentContract {

    private static final String NOTATION = """
            A row is a word in the notation of [how an instruction is described](../instructions.md), with the manual's
            field names, its assembly, and the first sentence of its meaning, a method of the class in
            `faultline.ppc64.insn` that the chapter is named after. A row that names P9 exists on POWER9 only; without it
            the word falls to another row, or is illegal. Simplified mnemonics are rows of their own. Both byte orders
            have the same rows.
            """;

    InsnDocumentTest() {
        super(
                new Ppc64Architecture.LittleEndian(),
                "ppc64",
                InsnTable.of(Ppc64Decoder.class, "Ppc64"),
                "ppc64",
                NOTATION);
    }
}
