package faultline.x86.abi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import faultline.core.arch.CpuModel;
import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.task.Siginfo;
import faultline.kernel.task.SignalFrames.Delivery;
import faultline.kernel.task.SignalFrames.Restored;
import faultline.kernel.testing.FlatMemory;
import faultline.x86.cpu.CpuModels;
import faultline.x86.cpu.ExtendedState;
import faultline.x86.cpu.Flags;
import faultline.x86.cpu.X86Cpu;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Frames against those that `src/test/native/signal-frame.c` recorded on a Linux machine, and the
/// way back.
final class X86SignalFramesTest {

    private static final long STACK = 0x3000_0000L;
    private static final long ALTSTACK = 0x3010_0000L;
    private static final int STACK_BYTES = 0x10000;
    private static final long RESTORER = 0x1234_5678_9abcL;
    private static final long HANDLER = 0x401000;
    private static final long MASK = 1 << 9;
    private static final long SA_FLAGS = 0x0400_0004;

    private final X86SignalFrames frames = new X86SignalFrames(0x7fff_ffff_f000L);
    private final X86Cpu cpu = new X86Cpu();
    private final FlatMemory memory = new FlatMemory(STACK, (int) (ALTSTACK - STACK) + STACK_BYTES);

    /// The state the recording program has when the exception hits it.
    private void loadRecordedRegisters() {
        long[] pattern = {1, 2, 3, 4, 0, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
        for (int i = 0; i < pattern.length; i++) {
            cpu.r[i] = pattern[i] * 0x1111_1111_1111_1111L;
        }
        cpu.r[X86Cpu.RSP] = STACK + 0x8008;
        cpu.sse.mxcsr = 0x9fc0;
        cpu.fpTop = 6;
        cpu.fpEmpty = 0x3f;
        cpu.fpMantissa[7] = 0x8000_0000_0000_0000L;
        cpu.fpSignExponent[7] = 0x3fff;
        cpu.fpMantissa[6] = 0xc90f_daa2_2168_c235L;
        cpu.fpSignExponent[6] = 0x4000;
        cpu.fpInstruction = 0x2000_0004;
        cpu.v[0] = 0x0706_0504_0302_0100L;
        cpu.v[1] = 0x0f0e_0d0c_0b0a_0908L;
        cpu.v[30] = 0x0605_0403_0201_0000L;
        cpu.v[31] = 0x0e0d_0c0b_0a09_0807L;
        X86ProtectionKeys.reset(cpu);
    }

    private static Delivery delivery(Siginfo info, long stack) {
        return new Delivery(info, HANDLER, SA_FLAGS, RESTORER, 0, MASK, stack, ALTSTACK, STACK_BYTES, 0);
    }

    @ParameterizedTest
    @CsvSource({"stack, 4, 0", "altstack, 11, 0x30110000"})
    void areLinuxsToTheLastWord(String recording, int signal, long stack) {
        Map<Integer, Long> frame = recorded(recording, "frame");
        Map<Integer, Long> image = recorded(recording, "image");
        loadRecordedRegisters();
        cpu.pc = frame.get(FrameLayout.RIP);
        cpu.setFlags(frame.get(FrameLayout.EFLAGS));
        cpu.signalResume = true;
        cpu.signalTrap = signal == 4 ? 6 : 14;
        cpu.signalError = signal == 4 ? 0 : 6;
        cpu.signalAddress = signal == 4 ? 0 : 0xdead0;
        Siginfo info = signal == 4 ? Siginfo.fault(4, 2, cpu.pc) : Siginfo.fault(11, 1, 0xdead0);

        frames.enter(cpu, memory, delivery(info, stack));

        long sp = cpu.r[X86Cpu.RSP];
        assertThat(sp).isEqualTo(entry(recording, "rsp"));
        assertThat(sp & 15).isEqualTo(8);
        assertThat(cpu.r[X86Cpu.RDI]).isEqualTo(entry(recording, "rdi"));
        assertThat(cpu.r[X86Cpu.RSI]).isEqualTo(entry(recording, "rsi"));
        assertThat(cpu.r[X86Cpu.RDX]).isEqualTo(entry(recording, "rdx"));
        assertThat(cpu.r[X86Cpu.RAX]).isEqualTo(entry(recording, "rax"));
        assertThat(cpu.flags()).isEqualTo(entry(recording, "rflags"));
        assertThat(cpu.sse.mxcsr).isEqualTo((int) entry(recording, "mxcsr"));
        assertThat(cpu.pkru).isEqualTo((int) entry(recording, "pkru"));
        assertThat(cpu.v[0]).isEqualTo(entry(recording, "xmm0"));
        assertThat(cpu.pc).isEqualTo(HANDLER);

        assertThat(words(sp, 0, FrameLayout.BYTES)).containsExactlyEntriesOf(frame);
        long fpstate = frame.get(FrameLayout.FPSTATE);
        // The recording processor has more state components: that is all that may differ.
        image.put(FrameLayout.SW_XFEATURES, ExtendedState.components(cpu.model()));
        image.put(ExtendedState.XSTATE_BV, ExtendedState.components(cpu.model()));
        Map<Integer, Long> ours = words(fpstate, 0, ExtendedState.LEGACY_BYTES + ExtendedState.HEADER_BYTES);
        ours.putAll(words(fpstate, ExtendedState.PKRU_OFFSET, ExtendedState.PKRU_OFFSET + 8));
        ours.put(ExtendedState.PKRU_OFFSET + 8, memory.load32(fpstate + ExtendedState.PKRU_OFFSET + 8) & 0xffffffffL);
        assertThat(ours).containsExactlyEntriesOf(image);
    }

    private Map<Integer, Long> words(long va, int start, int end) {
        Map<Integer, Long> words = new TreeMap<>();
        for (int offset = start; offset < end; offset += 8) {
            long word = memory.load64(va + offset);
            if (word != 0) {
                words.put(offset, word);
            }
        }
        return words;
    }

    private static Map<Integer, Long> recorded(String recording, String area) {
        Map<Integer, Long> words = new TreeMap<>();
        for (List<String> line : Recorded.lines("frame-" + recording + ".txt")) {
            if (line.getFirst().equals(area)) {
                words.put((int) Recorded.number(line.get(1)), Recorded.number(line.get(2)));
            }
        }
        return words;
    }

    private static long entry(String recording, String register) {
        return Recorded.lines("frame-" + recording + ".txt").stream()
                .filter(line -> line.getFirst().equals("entry") && line.get(1).equals(register))
                .mapToLong(line -> Recorded.number(line.get(2)))
                .findFirst()
                .orElseThrow();
    }

    /// Every register of the thread, as text.
    private List<String> state() {
        List<String> state = new ArrayList<>();
        var registers = cpu.registers();
        for (int i = 0; i < registers.all().size(); i++) {
            for (int word = 0; word * 64 < registers.all().get(i).bits(); word++) {
                state.add(registers.all().get(i).name() + "=" + Long.toHexString(registers.get(i, word)));
            }
        }
        return state;
    }

    private void enterHandler() {
        loadRecordedRegisters();
        cpu.pc = 0x402000;
        cpu.setFlags(Flags.CF | Flags.ZF | Flags.DF);
        frames.enter(cpu, memory, delivery(Siginfo.sent(10, Siginfo.SI_USER, 1, 2), 0));
    }

    /// The handler's `ret` to the restorer, and RT_SIGRETURN.
    private Restored returnFromHandler() {
        cpu.r[X86Cpu.RSP] += 8;
        return frames.leave(cpu, memory);
    }

    private void scribbleOverRegisters() {
        for (int i = 0; i < 16; i++) {
            cpu.r[i] = i == X86Cpu.RSP ? cpu.r[i] : -1;
        }
        Arrays.fill(cpu.v, -1);
        Arrays.fill(cpu.fpMantissa, -1);
        cpu.fpControl = 0;
        cpu.sse.mxcsr = 0;
        cpu.pc = 1;
        cpu.writePkru(0);
        cpu.setFlags(Flags.OF);
    }

    @Test
    void sigreturnRestoresEveryRegister() {
        loadRecordedRegisters();
        cpu.pc = 0x402000;
        cpu.setFlags(Flags.CF | Flags.ZF | Flags.DF);
        cpu.writePkru(0x1234_5678);
        List<String> before = state();
        frames.enter(cpu, memory, delivery(Siginfo.sent(10, Siginfo.SI_USER, 1, 2), 0));
        scribbleOverRegisters();
        Restored restored = returnFromHandler();
        assertThat(state()).isEqualTo(before);
        assertThat(restored).isEqualTo(new Restored(MASK, ALTSTACK, STACK_BYTES, 0));
    }

    @Test
    void aProgramMayEditPkruInTheFrame() {
        enterHandler();
        long fpstate = memory.load64(cpu.r[X86Cpu.RSP] + FrameLayout.FPSTATE);
        memory.store32(fpstate + ExtendedState.PKRU_OFFSET, 0x5555_5550);
        returnFromHandler();
        assertThat(cpu.pkru).isEqualTo(0x5555_5550);
    }

    @Test
    void theSystemFlagsOfTheFrameAreIgnored() {
        enterHandler();
        long flags = cpu.r[X86Cpu.RSP] + FrameLayout.EFLAGS;
        memory.store64(flags, -1);
        returnFromHandler();
        assertThat(cpu.flags() & (3 << 12 | 1 << 17 | 1 << 19))
                .as("IOPL, VM, VIF")
                .isZero();
        assertThat(cpu.flags() & (Flags.STATUS | Flags.DF)).isEqualTo(Flags.STATUS | Flags.DF);
    }

    @Test
    void anImageWithoutItsSecondMagicRestoresX87AndSseAlone() {
        enterHandler();
        long fpstate = memory.load64(cpu.r[X86Cpu.RSP] + FrameLayout.FPSTATE);
        memory.store32(fpstate + ExtendedState.PKRU_OFFSET, 0);
        memory.store32(fpstate + ExtendedState.PKRU_OFFSET + 8, 0);
        scribbleOverRegisters();
        returnFromHandler();
        assertThat(cpu.v[0]).isEqualTo(0x0706_0504_0302_0100L);
        assertThat(cpu.pkru).isEqualTo(X86ProtectionKeys.INITIAL);
    }

    @Test
    void aFrameWithoutImageInitialisesTheUnits() {
        enterHandler();
        memory.store64(cpu.r[X86Cpu.RSP] + FrameLayout.FPSTATE, 0);
        scribbleOverRegisters();
        returnFromHandler();
        assertThat(cpu.v).containsOnly(0);
        assertThat(cpu.fpControl).isEqualTo(0x37f);
        assertThat(cpu.sse.mxcsr).isEqualTo(0x1f80);
    }

    @Test
    void componentsTheProgramTookOutOfTheImageAreInitialised() {
        enterHandler();
        long fpstate = memory.load64(cpu.r[X86Cpu.RSP] + FrameLayout.FPSTATE);
        memory.store64(fpstate + FrameLayout.SW_XFEATURES, ExtendedState.SSE);
        scribbleOverRegisters();
        returnFromHandler();
        assertThat(cpu.v[0]).isEqualTo(0x0706_0504_0302_0100L);
        assertThat(cpu.fpControl).isEqualTo(0x37f);
        assertThat(cpu.fpMantissa).containsOnly(0);
        assertThat(cpu.pkru).isEqualTo(X86ProtectionKeys.INITIAL);
    }

    @ParameterizedTest
    @ValueSource(ints = {24, ExtendedState.XSTATE_BV, ExtendedState.XSTATE_BV + 8})
    void anImageTheProcessorRefusesIsABadFrame(int offset) {
        enterHandler();
        long fpstate = memory.load64(cpu.r[X86Cpu.RSP] + FrameLayout.FPSTATE);
        memory.store32(fpstate + offset, -1);
        assertBadFrame();
    }

    @Test
    void foreignSelectorsAreABadFrame() {
        enterHandler();
        memory.store16(cpu.r[X86Cpu.RSP] + FrameLayout.CS, (short) 0x10);
        assertBadFrame();
    }

    @Test
    void aFrameThatIsNotThereIsABadFrame() {
        cpu.r[X86Cpu.RSP] = 0x1000;
        assertBadFrame();
    }

    private void assertBadFrame() {
        List<String> before = state();
        cpu.r[X86Cpu.RSP] += 8;
        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(() -> frames.leave(cpu, memory))
                .matches(e -> e.errno() == Errno.EFAULT);
        cpu.r[X86Cpu.RSP] -= 8;
        assertThat(state()).as("nothing is half restored").isEqualTo(before);
    }

    @Test
    void aFullAlternateStackIsNotOverrun() {
        loadRecordedRegisters();
        cpu.r[X86Cpu.RSP] = ALTSTACK + 0x800;
        List<String> before = state();
        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(() -> frames.enter(cpu, memory, delivery(Siginfo.kernel(11), 0)));
        assertThat(state()).isEqualTo(before);
    }

    @Test
    void anUnwritableStackChangesNoRegister() {
        loadRecordedRegisters();
        cpu.r[X86Cpu.RSP] = 0x8000;
        List<String> before = state();
        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(() -> frames.enter(cpu, memory, delivery(Siginfo.kernel(11), 0)));
        assertThat(state()).isEqualTo(before);
    }

    @Test
    void aHandlerWithoutRestorerIsRefused() {
        loadRecordedRegisters();
        Delivery bare = new Delivery(Siginfo.kernel(11), HANDLER, 4, 0, 0, 0, 0, 0, 0, 0);
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> frames.enter(cpu, memory, bare));
    }

    @Test
    void aProcessorWithoutXsaveGetsAnFxsaveImage() {
        CpuModel plain = CpuModels.all().stream()
                .filter(model -> !ExtendedState.hasXsave(model))
                .findFirst()
                .orElseThrow();
        X86Cpu old = new X86Cpu(plain);
        old.r[X86Cpu.RSP] = STACK + 0x8000;
        old.v[5] = 77;
        frames.enter(old, memory, delivery(Siginfo.kernel(10), 0));
        long frame = old.r[X86Cpu.RSP];
        assertThat(memory.load64(frame + FrameLayout.UC_FLAGS) & FrameLayout.UC_FP_XSTATE)
                .isZero();
        assertThat(memory.load32(memory.load64(frame + FrameLayout.FPSTATE) + FrameLayout.SW_MAGIC1))
                .isZero();
        old.v[5] = 0;
        old.r[X86Cpu.RSP] += 8;
        frames.leave(old, memory);
        assertThat(old.v[5]).isEqualTo(77);
    }

    @Test
    void noFrameIsLargerThanAnnounced() {
        for (int misaligned = 0; misaligned < 64; misaligned++) {
            loadRecordedRegisters();
            long top = ALTSTACK + 0x9000 + misaligned;
            frames.enter(cpu, memory, delivery(Siginfo.kernel(10), top));
            assertThat(top - cpu.r[X86Cpu.RSP]).isLessThanOrEqualTo(frames.frameBytes());
        }
    }
}
