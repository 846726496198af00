package faultline.kernel.elf;

import java.nio.ByteOrder;

/// What the loader asks of an architecture and its processor model: values of the auxiliary vector
/// and the corners of user space.
public record ProgramAbi(
        int machine,
        ByteOrder order,
        String platform,
        long hwcap,
        long hwcap2,
        int signalFrameBytes,
        long stackTop,
        long mmapBase,
        long pieBase,
        long userEnd) {}
