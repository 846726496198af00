package faultline.x86.abi;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.cpu.GuestTrap;
import faultline.kernel.task.Siginfo;
import faultline.x86.cpu.Flags;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.cpu.X86Trap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Exceptions against what `src/test/native/exceptions.c` found Linux to send.
final class X86ExceptionsTest {

    private static final long PC = 0x401234;

    private final Map<String, List<String>> recorded =
            Recorded.lines("exceptions.txt").stream().collect(Collectors.toMap(List::getFirst, line -> line));

    private final X86Cpu cpu = new X86Cpu();

    private GuestTrap raise(String name) {
        return switch (name) {
            case "divide" -> X86Trap.DE;
            case "trace" -> {
                cpu.setFlags(Flags.TF);
                yield X86Trap.DB;
            }
            case "int1" -> X86Trap.DB;
            case "breakpoint", "int3long" -> X86Trap.BP;
            case "overflow" -> X86Trap.OF;
            case "undefined" -> X86Trap.UD;
            case "halt", "noncanonical", "noncanonicalJump" -> X86Trap.GP;
            case "interrupt" -> X86Trap.gp(0x21 << 3 | 2);
            case "noncanonicalStack", "noncanonicalBase" -> X86Trap.SS;
            case "alignment" -> X86Trap.AC;
            case "x87ZeroDivide" -> x87(0x37b, 0x04);
            case "x87Invalid" -> x87(0x37e, 0x01);
            case "simdZeroDivide" -> simd(0x1d80, 0x04);
            case "simdInvalid" -> simd(0x1f00, 0x01);
            case "simdOverflow" -> simd(0x1b80, 0x28);
            case "simdUnderflow" -> simd(0x1780, 0x30);
            case "simdPrecision" -> simd(0x0f80, 0x20);
            case "simdDenormal" -> simd(0x1e80, 0x02);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private GuestTrap x87(int control, int raised) {
        cpu.fpControl = control;
        cpu.fpStatus = raised | 0x8080;
        return X86Trap.MF;
    }

    private GuestTrap simd(int control, int raised) {
        cpu.sse.mxcsr = control | raised;
        return X86Trap.XM;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "divide",
                "trace",
                "int1",
                "breakpoint",
                "int3long",
                "overflow",
                "undefined",
                "halt",
                "interrupt",
                "noncanonical",
                "noncanonicalStack",
                "noncanonicalBase",
                "noncanonicalJump",
                "alignment",
                "x87ZeroDivide",
                "x87Invalid",
                "simdZeroDivide",
                "simdInvalid",
                "simdOverflow",
                "simdUnderflow",
                "simdPrecision",
                "simdDenormal"
            })
    void becomeTheSignalsLinuxSends(String name) {
        List<String> expected = recorded.get(name);
        GuestTrap trap = raise(name);
        cpu.pc = PC;
        Siginfo info = X86Exceptions.signal(cpu, trap);
        assertThat(info.signal()).isEqualTo(Integer.parseInt(expected.get(1)));
        assertThat(info.code()).isEqualTo(Integer.parseInt(expected.get(2)));
        assertThat(info.address()).isEqualTo(expected.get(3).equals("ip") ? PC : Recorded.number(expected.get(3)));
        assertThat(cpu.signalTrap).isEqualTo(Integer.parseInt(expected.get(4)));
        assertThat(cpu.signalError).isEqualTo(Recorded.number(expected.get(5)));
        assertThat(cpu.signalAddress).isEqualTo(Recorded.number(expected.get(6)));
    }
}
