package faultline.cli.debug;

import faultline.core.cpu.Registers;
import faultline.kernel.elf.ElfSymbols;
import faultline.kernel.mm.Vma;
import java.util.ArrayList;
import java.util.List;

/// Who called whom: along the chain of frame pointers, and where code keeps none by looking for
/// return addresses on the stack.
final class Backtrace {

    /// Where a frame was found.
    enum Found {
        /// The thread is there.
        HERE("the thread's registers"),
        /// Where the last call left it: a register or the word on top of the stack.
        CALL("the return address of the last call"),
        FRAME_POINTER("the frame pointer"),
        /// A word on the stack that points behind code: possibly left over from an earlier call.
        SCAN("a scan of the stack");

        private final String text;

        Found(String text) {
            this.text = text;
        }

        /// How, in words.
        String text() {
            return text;
        }
    }

    /// One frame: `pc` is where it goes on, `stack` what the stack pointer is then at least.
    record Frame(long pc, long stack, Found found) {}

    private static final int WORD = 8;

    /// How much of the stack a scan looks at.
    private static final int SCANNED_WORDS = 512;

    private final DebugSession session;

    Backtrace(DebugSession session) {
        this.session = session;
    }

    /// The innermost frames, `most` of them at most.
    List<Frame> frames(TaskThread thread, int most) throws InterruptedException {
        List<Frame> frames = new ArrayList<>();
        Registers registers = thread.cpu().registers();
        long stack = registers.get(registers.stackPointer(), 0);
        frames.add(new Frame(thread.cpu().pc, stack, Found.HERE));
        addLastCaller(thread, stack, frames);
        followFramePointers(thread, stack, frames, most);
        if (frames.size() == 1) {
            scan(thread, stack, frames, most);
        }
        return frames;
    }

    /// The caller that no frame record tells of: before the prologue the caller's own frame pointer
    /// is still in force, and with a link register also in a function that calls nobody.
    private void addLastCaller(TaskThread thread, long stack, List<Frame> frames) throws InterruptedException {
        long pc = thread.cpu().pc;
        ElfSymbols.Place place = session.symbols().at(pc);
        if (place == null) {
            return;
        }
        Registers registers = thread.cpu().registers();
        long caller = returnAddressOfCall(thread);
        if (registers.linkRegister() < 0) {
            if (place.offset() == 0) {
                addIfCode(thread, new Frame(caller, stack + WORD, Found.CALL), frames);
            }
        } else if (place.offset() == 0 || !isIn(place, pc, caller) && caller != returnAddressOfRecord(registers)) {
            // In the function itself it would be left over from a call that has returned.
            addIfCode(thread, new Frame(caller, stack, Found.CALL), frames);
        }
    }

    private static boolean isIn(ElfSymbols.Place place, long pc, long address) {
        long into = address - (pc - place.offset());
        return into > 0 && Long.compareUnsigned(into, place.symbol().size()) <= 0;
    }

    /// The return address in the record that the frame pointer points to, or 0.
    private long returnAddressOfRecord(Registers registers) throws InterruptedException {
        byte[] word = readOrNothing(registers.get(registers.framePointer(), 0) + WORD, WORD);
        return word.length < WORD ? 0 : session.value(word, 0, WORD);
    }

    private void followFramePointers(TaskThread thread, long stack, List<Frame> frames, int most)
            throws InterruptedException {
        Registers registers = thread.cpu().registers();
        if (registers.framePointer() < 0) {
            return;
        }
        long frame = registers.get(registers.framePointer(), 0);
        long lowest = stack;
        while (frames.size() < most && (frame & (WORD - 1)) == 0 && Long.compareUnsigned(frame, lowest) >= 0) {
            byte[] words = readOrNothing(frame, 2 * WORD);
            if (words.length < 2 * WORD
                    || !addIfCode(
                            thread,
                            new Frame(session.value(words, WORD, WORD), frame + 2 * WORD, Found.FRAME_POINTER),
                            frames)) {
                return;
            }
            lowest = frame + WORD;
            frame = session.value(words, 0, WORD);
        }
    }

    private void scan(TaskThread thread, long stack, List<Frame> frames, int most) throws InterruptedException {
        byte[] words = readOrNothing(stack, SCANNED_WORDS * WORD);
        for (int at = 0; at + WORD <= words.length && frames.size() < most; at += WORD) {
            long value = session.value(words, at, WORD);
            ElfSymbols.Place place = session.symbols().at(value);
            if (place != null && place.symbol().function() && place.offset() > 0) {
                addIfCode(thread, new Frame(value, stack + at + WORD, Found.SCAN), frames);
            }
        }
    }

    private static boolean addIfCode(TaskThread thread, Frame frame, List<Frame> frames) {
        Vma vma = thread.mm().vmaAt(frame.pc());
        if (vma == null || !vma.isExecutable()) {
            return false;
        }
        frames.add(frame);
        return true;
    }

    /// Where a function that was just entered returns to: what the call left in the link register, or
    /// pushed.
    long returnAddressOfCall(TaskThread thread) throws InterruptedException {
        Registers registers = thread.cpu().registers();
        if (registers.linkRegister() >= 0) {
            return registers.get(registers.linkRegister(), 0);
        }
        byte[] word = readOrNothing(registers.get(registers.stackPointer(), 0), WORD);
        return word.length < WORD ? 0 : session.value(word, 0, WORD);
    }

    private byte[] readOrNothing(long address, int length) throws InterruptedException {
        try {
            return session.read(address, length);
        } catch (CommandError _) {
            return new byte[0];
        }
    }
}
