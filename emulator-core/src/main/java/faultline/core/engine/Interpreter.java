package faultline.core.engine;

import faultline.core.cpu.Cpu;
import faultline.core.cpu.GuestTrap;
import faultline.core.cpu.TrapHandler;
import faultline.core.cpu.TrapHandler.Outcome;
import faultline.core.cpu.Vcpu;
import faultline.core.mem.CodeModified;
import faultline.core.mem.Mem;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mem.SoftTlb;
import faultline.core.mmu.GuestFault;
import faultline.core.step.MachineStep;
import faultline.core.step.Steps;
import org.jspecify.annotations.Nullable;

/// Runs guest code by executing decoded nodes, and takes whatever they cannot do to a
/// [TrapHandler].
///
/// One belongs to each guest thread. [#run] is called with the vCPU in kernel mode and returns in
/// kernel mode; between the two it enters guest mode for every stretch of nodes. Registers are
/// exact whenever the handler is called.
public final class Interpreter {

    /// Taken branches between polls. At the speed of the nodes about 10 us: an interrupted vCPU
    /// answers no later.
    private static final int POLL_INTERVAL = 512;

    /// Polls after which the handler is asked whether another thread should have the vCPU: about
    /// 200 us, a fraction of the scheduler's slice.
    private static final int POLLS_IN_SLICE = 16;

    /// Why guest mode was left.
    private enum Exit {
        /// The budget ran out, or a mode change ended the stretch: poll and go on.
        POLL,
        /// The code at pc is not decoded, or its page not known.
        LOOK_UP,
        FAULT,
        TRAP,
        SYSTEM_CALL,
        BREAKPOINT,
        /// A store met decoded code.
        MODIFIED,
        /// The thread steps itself: one instruction, then its step trap.
        STEP
    }

    private final CodeCache cache;
    private final BlockDecoder decoder;

    /// Of the code cache, when this thread last looked.
    private int generation;
    private final Steps steps;

    private @Nullable GuestTrap trap;
    private int polls;

    /// Whether the last instruction executed alone neither faulted nor trapped.
    private boolean completed;

    public Interpreter(CodeCache cache, Decoder decoder, Steps steps) {
        this.cache = cache;
        this.decoder = new BlockDecoder(cache, decoder);
        this.steps = steps;
    }

    /// Runs until the handler says `STOP` or `EXIT`, or a breakpoint is met (`STOP`, with pc on
    /// it).
    public Outcome run(Cpu cpu, TrapHandler handler) {
        while (true) {
            Vcpu vcpu = cpu.vcpu();
            vcpu.enterGuest();
            Exit exit = execute(cpu, vcpu.mem());
            vcpu.enterKernel();
            Outcome outcome = switch (exit) {
                case LOOK_UP -> lookUp(cpu, handler);
                case MODIFIED -> single(cpu, handler);
                case STEP -> stepped(cpu, handler);
                case BREAKPOINT -> Outcome.STOP;
                case POLL, FAULT, TRAP, SYSTEM_CALL -> leave(exit, cpu, handler);
            };
            if (outcome != Outcome.RESUME) {
                return outcome;
            }
        }
    }

    /// Executes exactly one instruction, whatever breakpoint stands on it, and takes its trap, if
    /// any, to the handler.
    public Outcome step(Cpu cpu, TrapHandler handler) {
        return single(cpu, handler);
    }

    /// The inner loop: node after node until one has none to follow.
    private Exit execute(Cpu cpu, Mem mem) {
        if (cpu.stepTrap() != null) {
            return Exit.STEP;
        }
        Node node = CodePage.find(mem, cpu.pc);
        if (node == null) {
            return Exit.LOOK_UP;
        }
        try {
            // Four call sites, each with a history of its own in the host's branch predictor: docs/interpreter.md.
            Node next = node;
            do {
                node = next;
                next = node.exec(cpu, mem);
                if (next == null) {
                    break;
                }
                node = next;
                next = node.exec(cpu, mem);
                if (next == null) {
                    break;
                }
                node = next;
                next = node.exec(cpu, mem);
                if (next == null) {
                    break;
                }
                node = next;
                next = node.exec(cpu, mem);
            } while (next != null);
        } catch (GuestFault _) {
            cpu.pc = node.faultPc(cpu);
            return Exit.FAULT;
        } catch (GuestTrap thrown) {
            return trapped(cpu, node, thrown);
        } catch (CodeModified _) {
            cpu.pc = node.faultPc(cpu);
            return Exit.MODIFIED;
        }
        return left(cpu);
    }

    /// Nodes do not write pc down before they throw; a trap that reports the next instruction is
    /// rare enough to decode again for its length.
    private Exit trapped(Cpu cpu, Node node, GuestTrap thrown) {
        long at = node.faultPc(cpu);
        cpu.pc = thrown.afterInstruction() ? decoder.behind(cpu.mem(), at) : at;
        trap = thrown;
        return Exit.TRAP;
    }

    /// Why the last node named no successor.
    private static Exit left(Cpu cpu) {
        if (cpu.systemCall) {
            cpu.systemCall = false;
            return Exit.SYSTEM_CALL;
        }
        if (cpu.breakpoint) {
            cpu.breakpoint = false;
            return Exit.BREAKPOINT;
        }
        return cpu.budget < 0 ? Exit.POLL : Exit.LOOK_UP;
    }

    /// An exception: what the vCPU has reserved is lost.
    private Outcome leave(Exit exit, Cpu cpu, TrapHandler handler) {
        if (exit != Exit.POLL) {
            cpu.mem().exclusives().clear();
        }
        return switch (exit) {
            case FAULT -> {
                cpu.latchFault(cpu.mem().lastFault());
                yield handler.pageFault(cpu);
            }
            case TRAP -> handler.exception(cpu, takeTrap());
            case SYSTEM_CALL -> handler.systemCall(cpu);
            case POLL -> poll(cpu, handler);
            default -> throw new IllegalStateException("engine: " + exit + " is not for the handler");
        };
    }

    private GuestTrap takeTrap() {
        GuestTrap taken = trap;
        if (taken == null) {
            throw new IllegalStateException("engine: a trap exit without a trap");
        }
        trap = null;
        return taken;
    }

    private Outcome poll(Cpu cpu, TrapHandler handler) {
        cpu.budget = POLL_INTERVAL;
        steps.at(MachineStep.GUEST_POLL, cpu.pc);
        Vcpu vcpu = cpu.vcpu();
        if (vcpu.wantsAttention()) {
            vcpu.answer();
        }
        if (++polls < POLLS_IN_SLICE && !vcpu.take(Vcpu.ATTENTION_KERNEL)) {
            return Outcome.RESUME;
        }
        polls = 0;
        vcpu.mem().exclusives().clear();
        return handler.poll(cpu);
    }

    /// Finds or makes the decoded code at pc, so that [#execute] finds it in the TLB; or executes
    /// the instruction there if it runs over the end of the page.
    private Outcome lookUp(Cpu cpu, TrapHandler handler) {
        if (cpu.vcpu().wantsAttention()) {
            return poll(cpu, handler);
        }
        try {
            CodePage page = page(cpu, cpu.pc);
            if (page.at(cpu.pc) != null || decoder.decode(cpu.vcpu(), page, cpu.pc) != null) {
                return Outcome.RESUME;
            }
            return crossing(cpu, page, handler);
        } catch (GuestFault _) {
            return leave(Exit.FAULT, cpu, handler);
        } catch (GuestTrap thrown) {
            trap = thrown;
            return leave(Exit.TRAP, cpu, handler);
        }
    }

    /// The decoded page of an address, entered beside its execute tag.
    private CodePage page(Cpu cpu, long va) {
        Mem mem = cpu.mem();
        CodePage known = CodePage.of(mem, va);
        if (known != null) {
            return known;
        }
        if (generation != cache.generation()) {
            generation = cache.generation();
            mem.tlb().flush();
        }
        long pfn = mem.executable(va) >>> PhysicalMemory.FRAME_SHIFT;
        CodePage page = cache.page(pfn, va & SoftTlb.PAGE_MASK);
        mem.tlb().setCode(va, page);
        return page;
    }

    /// Executes the instruction at pc that begins in `first` and ends in the page behind it.
    private Outcome crossing(Cpu cpu, CodePage first, TrapHandler handler) {
        long pc = cpu.pc;
        CodePage second = page(cpu, (pc | ~SoftTlb.PAGE_MASK) + 1);
        Node node = second.entering(first, pc);
        if (node == null) {
            node = decoder.decodeCrossing(cpu.vcpu(), first, second, pc);
        }
        return node != null && enters(cpu, second.start) ? executeOne(cpu, node, handler) : Outcome.RESUME;
    }

    /// Executes one instruction from fresh bytes.
    private Outcome single(Cpu cpu, TrapHandler handler) {
        Node node;
        try {
            do {
                node = decoder.decodeAlone(cpu.mem(), cpu.pc);
            } while (!enters(cpu, decoder.last()));
        } catch (GuestFault _) {
            return leave(Exit.FAULT, cpu, handler);
        } catch (GuestTrap thrown) {
            trap = thrown;
            return leave(Exit.TRAP, cpu, handler);
        }
        return executeOne(cpu, node, handler);
    }

    /// Enters guest mode with an instruction that was just decoded, and ends at `last` or in its page; false, in kernel
    /// mode, where a page of it went meanwhile.
    private static boolean enters(Cpu cpu, long last) {
        Vcpu vcpu = cpu.vcpu();
        vcpu.enterGuest();
        boolean holds = vcpu.mem().isExecutable(cpu.pc) && vcpu.mem().isExecutable(last);
        if (!holds) {
            vcpu.enterKernel();
        }
        return holds;
    }

    /// In guest mode, which it leaves.
    private Outcome executeOne(Cpu cpu, Node node, TrapHandler handler) {
        Vcpu vcpu = cpu.vcpu();
        Exit exit;
        try {
            Node after = node.exec(cpu, vcpu.mem());
            completed = true;
            if (after != null) {
                cpu.pc = after.pc;
                exit = Exit.POLL;
            } else {
                exit = left(cpu);
            }
        } catch (GuestFault _) {
            cpu.pc = node.faultPc(cpu);
            exit = Exit.FAULT;
        } catch (GuestTrap thrown) {
            exit = trapped(cpu, node, thrown);
        } catch (CodeModified _) {
            // The store's own bytes: what it would change is dropped by now, the next attempt stores.
            cpu.pc = node.faultPc(cpu);
            exit = Exit.POLL;
        }
        vcpu.enterKernel();
        return switch (exit) {
            case POLL, LOOK_UP -> cpu.budget < 0 ? poll(cpu, handler) : Outcome.RESUME;
            case BREAKPOINT -> Outcome.STOP;
            default -> leave(exit, cpu, handler);
        };
    }

    /// One instruction of a thread that steps itself, then the step trap it had asked for when the
    /// instruction began, unless something else took the thread away or the instruction has yet to
    /// complete.
    private Outcome stepped(Cpu cpu, TrapHandler handler) {
        GuestTrap step = cpu.stepTrap();
        completed = false;
        Outcome outcome = single(cpu, handler);
        return outcome == Outcome.RESUME && completed && step != null ? handler.exception(cpu, step) : outcome;
    }
}
