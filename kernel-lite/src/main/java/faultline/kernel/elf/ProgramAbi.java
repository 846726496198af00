package faultline.kernel.elf;

import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the loader asks of an architecture and its processor model: values of the auxiliary vector
/// and the corners of user space.
public record ProgramAbi(
        int machine,
        ByteOrder order,
        String platform,
        @Nullable String basePlatform,
        List<AuxEntry> auxiliaryEntries,
        long hwcap,
        long hwcap2,
        int signalFrameBytes,
        long stackTop,
        long mmapBase,
        long pieBase,
        long userEnd) {}
