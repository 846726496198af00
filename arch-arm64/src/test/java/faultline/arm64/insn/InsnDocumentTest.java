package faultline.arm64.insn;

import faultline.arm64.Arm64Architecture;
import faultline.core.isa.table.InsnTable;
import faultline.core.testing.InsnDocumentContract;

class InsnDocumentTest extends InsnDocumentContract {

    private static final String NOTATION = """
            A row is a word in the notation of [how an instruction is described](../instructions.md), with the manual's
            field names, its assembly, and the first sentence of its meaning, a method of the class in
            `faultline.arm64.insn` that the chapter is named after. A row that names a feature exists on the models that
            have it; without it the word falls to another row, or is undefined. Aliases are rows of their own.
            """;

    InsnDocumentTest() {
        super(new Arm64Architecture(), "arm64", InsnTable.of(A64Decoder.class, "A64"), "arm64", NOTATION);
    }
}
