package faultline.core.conformance;

import faultline.core.cpu.GuestTrap;

/// How the execution of a vector ended.
public sealed interface Ending {

    /// Behind its last instruction, or where that led.
    record Completed() implements Ending {}

    /// With a page fault; the architecture's fault registers are latched.
    record PageFault() implements Ending {}

    /// With any other exception.
    record Trap(GuestTrap trap) implements Ending {}

    /// At a system call.
    record SystemCall() implements Ending {}

    /// It repeated too often to be followed.
    record Endless() implements Ending {}
}
