/// The machine: RAM, soft TLB, vCPU, instruction descriptions, steps and the debugger core. Knows
/// no operating system and no particular architecture.
module faultline.core {
    requires static transitive org.jspecify;
    requires static java.compiler;

    exports faultline.core.arch;
    exports faultline.core.conformance;
    exports faultline.core.cpu;
    exports faultline.core.debug;
    exports faultline.core.engine;
    exports faultline.core.fp;
    exports faultline.core.isa;
    exports faultline.core.isa.survey;
    exports faultline.core.isa.table;
    exports faultline.core.mem;
    exports faultline.core.mmu;
    exports faultline.core.simd;
    exports faultline.core.step;
}
