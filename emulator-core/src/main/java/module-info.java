/// The machine: RAM, soft TLB, vCPU, instruction descriptions, steps and the debugger core. Knows
/// no operating system and no particular architecture.
module faultline.core {
    requires static transitive org.jspecify;
}
