package faultline.kernel.elf;

import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.MmConstants;
import faultline.kernel.mm.MmapCalls;
import faultline.kernel.mm.ProtectionKeys;
import faultline.kernel.task.Identity;
import faultline.kernel.task.ProgramImage;
import faultline.kernel.task.Resource;
import faultline.kernel.task.Siginfo;
import faultline.kernel.task.Signals;
import faultline.kernel.task.Task;
import faultline.kernel.task.ThreadAbi;
import faultline.kernel.vfs.FileOpener;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.VfsPath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Replaces a task's program: `fs/exec.c`, `fs/binfmt_elf.c` and `fs/binfmt_script.c`.
///
/// Everything that can fail is tried before the old program is given up; what fails after that
/// kills the task with SIGSEGV, as in Linux.
public final class Exec {

    /// MAX_ARG_STRLEN.
    public static final int MAX_STRING = 131_072;

    private static final int SCRIPT_LINE = 256;

    /// How many interpreters may name another: `#!` of a script that is itself a script.
    private static final int MAX_SCRIPTS = 5;

    /// What arguments may take is a quarter of the stack's limit, but at least this much.
    private static final long MIN_ARGUMENTS = 128 << 10;

    /// Three quarters of the 8 MiB that a stack usually has.
    public static final long MAX_ARGUMENTS = 6 << 20;
    /// What the auxiliary vector and the strings of the kernel take beside them, at most.
    private static final int ARGUMENT_ROOM = 4096;

    private static final int CLOCK_TICKS = 100;

    private final KernelMemory memory;
    private final ProgramAbi abi;
    private final ThreadAbi threads;
    private final ProtectionKeys keys;
    private final @Nullable Vdso vdso;
    private final Consumer<byte[]> random;

    /// `random` fills an array: AT_RANDOM's bytes.
    public Exec(
            KernelMemory memory,
            ProgramAbi abi,
            ThreadAbi threads,
            ProtectionKeys keys,
            @Nullable Vdso vdso,
            Consumer<byte[]> random) {
        this.memory = memory;
        this.abi = abi;
        this.threads = threads;
        this.keys = keys;
        this.vdso = vdso;
        this.random = random;
    }

    /// A program that was found and may be run: the file itself, or what interprets it.
    private record Found(OpenFile file, String path, List<byte[]> argv) {}

    /// Runs the program at `path`, seen from `start`, in `task`. Returns with the registers of its
    /// first instruction; throws an `ErrnoException` with nothing changed, or an [ElfException] for
    /// a file that Linux calls ENOEXEC.
    public void execute(Task task, VfsPath start, String path, boolean follow, List<byte[]> argv, List<byte[]> envp)
            throws ElfException {
        OpenFile opened = FileOpener.openExecutable(task, start, path, follow);
        execute(task, opened, path, argv, envp);
    }

    /// As above with the file already open; takes over the reference.
    public void execute(Task task, OpenFile opened, String path, List<byte[]> argv, List<byte[]> envp)
            throws ElfException {
        Found found = resolveScripts(task, opened, path, argv);
        OpenFile interpreter = null;
        try {
            ElfFile program = ElfReader.read(found.path(), source(found.file()));
            checkMachine(program);
            checkArguments(task, found.argv(), envp);
            ElfFile loader = null;
            if (program.interpreter() != null) {
                interpreter = openInterpreter(task, program.interpreter());
                loader = ElfReader.read(program.interpreter(), source(interpreter));
                checkMachine(loader);
            }
            load(task, new Images(program, found.file(), loader, interpreter), found, path, envp);
        } finally {
            found.file().put();
            if (interpreter != null) {
                interpreter.put();
            }
        }
    }

    /// The program and, if it names one, its dynamic loader.
    private record Images(
            ElfFile program,
            OpenFile file,
            @Nullable ElfFile loader,
            @Nullable OpenFile loaderFile) {}

    private static OpenFile openInterpreter(Task task, String path) {
        return FileOpener.openExecutable(task, FileOpener.start(task, -100, path), path, true);
    }

    /// Whether the machine can run it: its instructions, and its layout in pages.
    private void checkMachine(ElfFile file) throws ElfException {
        if (file.machine() != abi.machine() || !file.order().equals(abi.order())) {
            throw new ElfException(
                    file.name(),
                    "made for " + ElfFile.machineName(file.machine(), file.order())
                            + " (e_machine at 0x12, data encoding at 0x5); expected "
                            + ElfFile.machineName(abi.machine(), abi.order()));
        }
        for (ElfFile.Segment load : file.loads()) {
            if (load.fileBytes() != 0 && !memory.geometry().isAligned(load.offset() ^ load.address())) {
                throw new ElfException(
                        file.name(),
                        "linked for pages smaller than " + memory.geometry() + ": a PT_LOAD at 0x"
                                + Long.toHexString(load.address()) + " has offset 0x"
                                + Long.toHexString(load.offset()) + "; expected the same within a page");
            }
        }
    }

    private static void checkArguments(Task task, List<byte[]> argv, List<byte[]> envp) {
        long bytes =
                InitialStack.stringBytes(argv) + InitialStack.stringBytes(envp) + 8L * (argv.size() + envp.size() + 2);
        long stack = task.process().limits().soft(Resource.STACK);
        long limit = stack < 0 ? MAX_ARGUMENTS : Math.min(MAX_ARGUMENTS, stack / 4);
        if (bytes > Math.max(MIN_ARGUMENTS, limit)) {
            throw Errno.E2BIG.exception();
        }
    }

    // Scripts.

    /// Follows `#!` lines to a file that is not a script. Takes over the reference to `opened`.
    private static Found resolveScripts(Task task, OpenFile opened, String path, List<byte[]> argv) {
        Found found = new Found(opened, path, argv);
        for (int depth = 0; ; depth++) {
            List<byte[]> line = scriptLine(found.file());
            if (line == null) {
                return found;
            }
            found.file().put();
            if (line.isEmpty()) {
                throw Errno.ENOEXEC.exception();
            }
            if (depth == MAX_SCRIPTS) {
                throw Errno.ELOOP.exception();
            }
            List<byte[]> arguments = new ArrayList<>(line);
            arguments.add(found.path().getBytes(StandardCharsets.ISO_8859_1));
            if (!found.argv().isEmpty()) {
                arguments.addAll(found.argv().subList(1, found.argv().size()));
            }
            String interpreter = new String(line.getFirst(), StandardCharsets.ISO_8859_1);
            OpenFile file =
                    FileOpener.openExecutable(task, FileOpener.start(task, -100, interpreter), interpreter, true);
            found = new Found(file, interpreter, arguments);
        }
    }

    /// The interpreter and its one optional argument; empty when the line names none, null when it
    /// is no script.
    private static @Nullable List<byte[]> scriptLine(OpenFile file) {
        byte[] bytes = new byte[SCRIPT_LINE];
        int length;
        try {
            length = file.readAt(0, bytes, 0, SCRIPT_LINE);
        } catch (ErrnoException e) {
            file.put();
            throw e;
        }
        if (length < 2 || bytes[0] != '#' || bytes[1] != '!') {
            return null;
        }
        String line = new String(bytes, 2, length - 2, StandardCharsets.ISO_8859_1);
        int end = line.indexOf('\n');
        if (end >= 0) {
            line = line.substring(0, end);
        }
        line = stripBlanks(line);
        List<byte[]> words = new ArrayList<>();
        int space = 0;
        while (space < line.length() && line.charAt(space) != ' ' && line.charAt(space) != '\t') {
            space++;
        }
        if (space > 0) {
            words.add(line.substring(0, space).getBytes(StandardCharsets.ISO_8859_1));
            String argument = stripBlanks(line.substring(space));
            if (!argument.isEmpty()) {
                words.add(argument.getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return words;
    }

    private static String stripBlanks(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && (text.charAt(from) == ' ' || text.charAt(from) == '\t')) {
            from++;
        }
        while (to > from && (text.charAt(to - 1) == ' ' || text.charAt(to - 1) == '\t')) {
            to--;
        }
        return text.substring(from, to);
    }

    // Loading.

    private void load(Task task, Images images, Found found, String path, List<byte[]> envp) {
        Mm mm = memory.newMm(abi.mmapBase(), task.process().limits());
        Mm before = task.mmOrNull();
        mm.mergeAny(before == null ? memory.ksm().mergesAll() : before.mergesAny());
        LoadedProgram program;
        LoadedProgram loader = null;
        try {
            long base = images.program().isPositionIndependent()
                    ? abi.pieBase() & -images.program().alignment(memory.geometry())
                    : 0;
            program = SegmentMapper.map(mm, images.program(), images.file(), base, abi.userEnd());
            if (images.loader() != null && images.loaderFile() != null) {
                loader = SegmentMapper.map(mm, images.loader(), images.loaderFile(), 0, abi.userEnd());
            }
            mm.setCode(program.startCode(), program.endCode(), program.startData(), program.endData());
            mm.setHeap(program.end());
            long strings = InitialStack.stringBytes(found.argv()) + InitialStack.stringBytes(envp);
            long pointers = 8L * (found.argv().size() + envp.size());
            new MmapCalls(mm)
                    .createStack(
                            abi.stackTop(),
                            memory.geometry().up(strings + pointers + ARGUMENT_ROOM),
                            images.program().wantsExecutableStack());
            mapVdso(mm);
        } catch (ErrnoException e) {
            mm.put();
            throw e;
        }
        if (mm.mergesAny()) {
            memory.ksm().enter(mm);
        }
        mm.disableHuge(before != null && before.isHugeDisabled());
        task.tasks().execs().replaceMm(task, mm);
        // No way back from here.
        try {
            clearTails(task, program);
            if (loader != null) {
                clearTails(task, loader);
            }
            startProgram(task, mm, program, loader, found, path, envp);
        } catch (ErrnoException _) {
            task.tasks().signals().force(task, Siginfo.kernel(Signals.SIGSEGV));
        }
    }

    /// `arch_setup_additional_pages`: where there is room, behind everything else.
    private void mapVdso(Mm mm) {
        if (vdso != null) {
            long base = mm.mmap(
                    0,
                    vdso.length(),
                    MmConstants.PROT_READ | MmConstants.PROT_EXEC,
                    MmConstants.MAP_PRIVATE,
                    vdso.file(),
                    0);
            mm.setSignalTrampoline(base + vdso.trampoline());
        }
    }

    private static void clearTails(Task task, LoadedProgram program) {
        for (LoadedProgram.Range range : program.toClear()) {
            task.memory().clear(range.start(), range.end() - range.start());
        }
    }

    private void startProgram(
            Task task,
            Mm mm,
            LoadedProgram program,
            @Nullable LoadedProgram loader,
            Found found,
            String path,
            List<byte[]> envp) {
        InitialStack stack = new InitialStack(task.memory(), abi.stackTop());
        long execName = pushText(stack, path);
        List<Long> argPointers = new ArrayList<>();
        List<Long> envPointers = new ArrayList<>();
        stack.pushStrings(found.argv(), envp, argPointers, envPointers);
        long platform = pushText(stack, abi.platform());
        long basePlatform = abi.basePlatform() == null ? 0 : pushText(stack, abi.basePlatform());
        byte[] randomBytes = new byte[InitialStack.RANDOM_BYTES];
        random.accept(randomBytes);
        long randomAt = stack.pushRaw(randomBytes);
        for (AuxEntry entry : abi.auxiliaryEntries()) {
            stack.aux(entry.type(), entry.value());
        }
        if (vdso != null) {
            stack.aux(InitialStack.AT_SYSINFO_EHDR, mm.signalTrampoline() - vdso.trampoline());
        }
        describe(stack, task.identity(), program, loader == null ? 0 : loader.bias());
        stack.aux(InitialStack.AT_RANDOM, randomAt);
        stack.aux(InitialStack.AT_EXECFN, execName);
        stack.aux(InitialStack.AT_PLATFORM, platform);
        if (basePlatform != 0) {
            stack.aux(InitialStack.AT_BASE_PLATFORM, basePlatform);
        }
        long pointer = stack.finish(argPointers, envPointers);
        byte[] auxv = new byte[stack.auxvBytes()];
        task.memory().read(pointer + 8L * (argPointers.size() + envPointers.size() + 3), auxv, 0, auxv.length);
        mm.setArguments(stack.argStart, stack.argEnd, stack.envStart, stack.envEnd, pointer);
        mm.setAuxv(auxv);
        ProgramImage image = new ProgramImage(
                found.path(),
                found.file().path(),
                program.entry(),
                program.bias(),
                pointer,
                stack.argStart,
                stack.argEnd,
                stack.envStart,
                stack.envEnd,
                auxv);
        task.tasks().execs().begin(task, image, baseName(path));
        LoadedProgram first = loader != null ? loader : program;
        ThreadAbi.Start start =
                new ThreadAbi.Start(first.entry(), first.bias(), program.file().flags(), pointer);
        threads.startThread(task.cpu(), task.memory(), start);
        keys.begin(task.cpu());
    }

    private static long pushText(InitialStack stack, String text) {
        return stack.push(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void describe(InitialStack stack, Identity identity, LoadedProgram program, long loaderBase) {
        stack.aux(InitialStack.AT_MINSIGSTKSZ, abi.signalFrameBytes());
        stack.aux(InitialStack.AT_HWCAP, abi.hwcap());
        stack.aux(InitialStack.AT_PAGESZ, memory.geometry().bytes());
        stack.aux(InitialStack.AT_CLKTCK, CLOCK_TICKS);
        stack.aux(InitialStack.AT_PHDR, program.programHeaders());
        stack.aux(InitialStack.AT_PHENT, ElfFile.PROGRAM_HEADER_BYTES);
        stack.aux(InitialStack.AT_PHNUM, program.file().programHeaderCount());
        stack.aux(InitialStack.AT_BASE, loaderBase);
        stack.aux(InitialStack.AT_FLAGS, 0);
        stack.aux(InitialStack.AT_ENTRY, program.entry());
        stack.aux(InitialStack.AT_UID, identity.uid());
        stack.aux(InitialStack.AT_EUID, identity.euid());
        stack.aux(InitialStack.AT_GID, identity.gid());
        stack.aux(InitialStack.AT_EGID, identity.egid());
        stack.aux(InitialStack.AT_SECURE, 0);
        stack.aux(InitialStack.AT_HWCAP2, abi.hwcap2());
    }

    private static String baseName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /// An open guest file as the reader wants it.
    static ByteSource source(OpenFile file) {
        return new ByteSource() {
            @Override
            public long size() {
                return file.inodeObject().size();
            }

            @Override
            public int read(long offset, byte[] to, int at, int length) {
                int done = 0;
                while (done < length) {
                    int count = file.readAt(offset + done, to, at + done, length - done);
                    if (count <= 0) {
                        break;
                    }
                    done += count;
                }
                return done;
            }
        };
    }
}
