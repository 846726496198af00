package faultline.core.isa;

import faultline.core.arch.CpuModel;
import faultline.core.engine.Decoded;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The decode engine of the opcode map's notation: prefixes, map, row, operands, exec form.
///
/// Generated code extends it with the rows of each opcode and the nodes of each form. Rows are made
/// when their opcode is first met, so that a small program pays for few of them. Prefix rules are
/// those of the manuals: any legacy prefix after REX cancels the REX, the last of F2 and F3 wins,
/// and these outrank 66 as mandatory prefixes.
public abstract class OpcodeDecoder extends FormDecoder<OpcodeInsn> {

    private static final int LONGEST = 15;
    private static final int NO_REGISTER = 16;
    private static final OpcodeRow[] NO_ROWS = {};

    /// Tables of rows: four maps, and as many behind a VEX prefix. EVEX will have its own.
    private static final int MAPS = 8;

    private static final int VEX_MAPS = 4;
    private static final int VEX3 = 0xc4;
    private static final int VEX2 = 0xc5;

    /// The control and debug registers that exist, a bit each.
    private static final int CONTROL_REGISTERS = 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 8;

    private static final int DEBUG_REGISTERS = 0xff;

    private final CpuModel model;
    private final @Nullable OpcodeRow[][] rows = new OpcodeRow[MAPS * 256][];

    protected OpcodeDecoder(CpuModel model) {
        this.model = model;
    }

    /// The rows of an opcode, the most specific first.
    protected abstract OpcodeRow[] rows(int map, int opcode);

    @Override
    public final int longest() {
        return LONGEST;
    }

    @Override
    public final OpcodeInsn scratch() {
        return new OpcodeInsn();
    }

    @Override
    public final boolean decode(byte[] bytes, int offset, int limit, long pc, Decoded to) {
        OpcodeInsn insn = (OpcodeInsn) to;
        Cursor in = new Cursor(bytes, offset, Math.min(limit, offset + LONGEST));
        insn.pc = pc;
        try {
            decode(in, insn);
            insn.length = in.at - offset;
        } catch (EndOfBytes endsEarly) {
            if (limit - offset < LONGEST) {
                return false;
            }
            illegal(insn);
            insn.tooLong = true;
            insn.length = LONGEST;
        }
        if (insn.pcRelative) {
            insn.disp += insn.end();
        }
        insn.target += insn.end();
        return true;
    }

    private void decode(Cursor in, OpcodeInsn insn) throws EndOfBytes {
        int opcode = prefixes(in, insn);
        int map = 0;
        if (opcode == 0x0f) {
            map = 1;
            opcode = in.next();
            if (opcode == 0x38 || opcode == 0x3a) {
                map = opcode == 0x38 ? 2 : 3;
                opcode = in.next();
            }
        } else if (opcode == VEX3 || opcode == VEX2) {
            map = vex(in, insn, opcode);
            if (map == 0) {
                illegal(insn);
                return;
            }
            opcode = in.next();
        }
        insn.map = map;
        insn.opcode = opcode;
        OpcodeRow[] candidates = candidates(map, opcode);
        boolean modrmRead = false;
        for (OpcodeRow row : candidates) {
            if (!modrmRead && (row.match & OpcodeRow.MODRM) != 0) {
                insn.modrm = in.peek();
                insn.memory = insn.modrm < 0xc0;
                modrmRead = true;
            }
            if (matches(row, insn)) {
                accept(in, insn, row, opcode);
                return;
            }
        }
        illegal(insn);
    }

    private static void illegal(OpcodeInsn insn) {
        insn.row = null;
        insn.form = 0;
        insn.endsBlock = true;
        insn.pcRelative = false;
    }

    /// Reads the rest of a VEX prefix and returns the number of the opcode's map; 0 where the
    /// prefix is illegal: no such map, or behind a prefix that it stands for itself.
    private static int vex(Cursor in, OpcodeInsn insn, int escape) throws EndOfBytes {
        boolean alone = insn.rex == 0 && !insn.operand16 && insn.repeat == 0 && !insn.lock;
        int first = in.next();
        int map = 1;
        int last = first;
        int extensions = ~first >> 5 & 4;
        if (escape == VEX3) {
            map = first & 0x1f;
            extensions = ~first >> 5 & 7;
            last = in.next();
            extensions |= last >> 4 & 8;
        }
        insn.rex = 0x40 | extensions;
        insn.vexRegister = ~last >> 3 & 15;
        insn.vexLength = last >> 2 & 1;
        insn.operand16 = (last & 3) == 1;
        insn.repeat = (last & 3) == 2 ? OpcodeInsn.REPEAT : (last & 3) == 3 ? OpcodeInsn.REPEAT_NOT : 0;
        return alone && map >= 1 && map <= 3 ? VEX_MAPS + map : 0;
    }

    /// Reads prefixes and returns the first opcode byte.
    private static int prefixes(Cursor in, OpcodeInsn insn) throws EndOfBytes {
        insn.operand16 = false;
        insn.lock = false;
        insn.rex = 0;
        insn.repeat = 0;
        insn.special = 0;
        insn.memory = false;
        insn.pcRelative = false;
        insn.target = 0;
        insn.endsBlock = false;
        insn.tooLong = false;
        insn.vexRegister = 0;
        insn.vexLength = 0;
        while (true) {
            int b = in.next();
            if ((b & 0xf0) == 0x40) {
                insn.rex = b;
                continue;
            }
            switch (b) {
                case 0x66 -> insn.operand16 = true;
                case 0x67 -> insn.special |= OpcodeInsn.ADDRESS_32;
                case 0xf0 -> insn.lock = true;
                case 0xf2 -> insn.repeat = OpcodeInsn.REPEAT_NOT;
                case 0xf3 -> insn.repeat = OpcodeInsn.REPEAT;
                case 0x64 -> insn.special = insn.special & OpcodeInsn.ADDRESS_32 | OpcodeInsn.SEGMENT_FS;
                case 0x65 -> insn.special = insn.special & OpcodeInsn.ADDRESS_32 | OpcodeInsn.SEGMENT_GS;
                // Segments that are always flat. They do not take back an earlier FS or GS.
                case 0x26, 0x2e, 0x36, 0x3e -> {}
                default -> {
                    return b;
                }
            }
            insn.rex = 0;
        }
    }

    private OpcodeRow[] candidates(int map, int opcode) {
        int at = map << 8 | opcode;
        OpcodeRow[] known = rows[at];
        if (known == null) {
            List<OpcodeRow> present = new ArrayList<>();
            for (OpcodeRow row : rows(map, opcode)) {
                if (row.feature == null || model.has(row.feature)) {
                    present.add(row);
                }
            }
            known = present.toArray(NO_ROWS);
            rows[at] = known;
        }
        return known;
    }

    private static boolean matches(OpcodeRow row, OpcodeInsn insn) {
        int match = row.match;
        boolean prefix = switch (match & 7) {
            case OpcodeRow.NONE -> insn.repeat == 0 && !insn.operand16;
            case OpcodeRow.P66 -> insn.repeat == 0 && insn.operand16;
            case OpcodeRow.PF3 -> insn.repeat == OpcodeInsn.REPEAT;
            case OpcodeRow.NO_REPEAT -> insn.repeat == 0;
            case OpcodeRow.PF2 -> insn.repeat == OpcodeInsn.REPEAT_NOT;
            default -> true;
        };
        return prefix
                && ((match & OpcodeRow.MEMORY) == 0 || insn.memory)
                && ((match & OpcodeRow.REGISTER) == 0 || !insn.memory)
                && ((match & OpcodeRow.W0) == 0 || (insn.rex & 8) == 0)
                && ((match & OpcodeRow.W1) == 0 || (insn.rex & 8) != 0)
                && ((match & OpcodeRow.L0) == 0 || insn.vexLength == 0)
                && ((match & OpcodeRow.L1) == 0 || insn.vexLength != 0)
                && ((match & OpcodeRow.B0) == 0 || (insn.rex & 1) == 0)
                && ((match & OpcodeRow.DIGIT) == 0 || (match >> 9 & 7) == (insn.modrm >> 3 & 7))
                && ((match & OpcodeRow.EXACT) == 0 || (match >> 13 & 0xff) == insn.modrm);
    }

    private static void accept(Cursor in, OpcodeInsn insn, OpcodeRow row, int opcode) throws EndOfBytes {
        insn.row = row;
        insn.bits = bits(row, insn);
        insn.endsBlock = row.has(OpcodeRow.ENDS_BLOCK);
        insn.condition = opcode & 15;
        if ((row.match & OpcodeRow.MODRM) != 0) {
            in.next();
            insn.memory &= !isPrivileged(row);
            if (insn.memory) {
                address(in, insn);
            }
        }
        for (int i = 0; i < row.operands.length; i++) {
            place(in, insn, row.operands[i], i, opcode);
        }
        immediates(in, insn, row);
        if (insn.popsFirst()) {
            insn.disp += insn.bits / 8;
        }
        boolean ok = (!insn.lock || row.has(OpcodeRow.LOCKABLE) && insn.memory)
                && (insn.vexRegister == 0 || row.hasOperand('B'))
                && registersExist(row, insn);
        insn.form = ok ? form(row, insn) : 0;
        if (insn.form == 0) {
            illegal(insn);
        }
    }

    /// Whether an operand is a control or debug register: the other one is a register then, whatever
    /// ModRM's mod field says.
    private static boolean isPrivileged(OpcodeRow row) {
        return row.hasOperand('C') || row.hasOperand('D');
    }

    private static boolean registersExist(OpcodeRow row, OpcodeInsn insn) {
        for (int i = 0; i < row.operands.length; i++) {
            int existing = switch (row.operands[i].place()) {
                case 'C' -> CONTROL_REGISTERS;
                case 'D' -> DEBUG_REGISTERS;
                default -> ~0;
            };
            if ((existing >> insn.reg[i] & 1) == 0) {
                return false;
            }
        }
        return true;
    }

    private static int bits(OpcodeRow row, OpcodeInsn insn) {
        boolean wide = (insn.rex & 8) != 0;
        if (row.has(OpcodeRow.FORCED_64)) {
            return 64;
        }
        boolean narrow = insn.operand16 && (row.match & 7) != OpcodeRow.P66 && !row.has(OpcodeRow.SIZED_Y);
        if (row.has(OpcodeRow.DEFAULT_64)) {
            return narrow && !wide ? 16 : 64;
        }
        return wide ? 64 : narrow ? 16 : 32;
    }

    /// The forms of a row: by size if it has sizes, then register or memory, then plain or locked.
    private static int form(OpcodeRow row, OpcodeInsn insn) {
        if (row.has(OpcodeRow.CONDITION_FORMS)) {
            return row.forms[0] + insn.condition;
        }
        int at = (insn.memory ? 2 : 0) + (insn.lock ? 1 : 0);
        if (row.has(OpcodeRow.SIZED) || row.has(OpcodeRow.SIZED_Y)) {
            at += insn.bits == 16 ? 0 : insn.bits == 32 ? 4 : 8;
        }
        return at < row.forms.length ? row.forms[at] : 0;
    }

    private static void address(Cursor in, OpcodeInsn insn) throws EndOfBytes {
        int mod = insn.modrm >> 6;
        int rm = insn.modrm & 7;
        insn.index = NO_REGISTER;
        insn.scale = 0;
        insn.disp = 0;
        insn.base = rm | (insn.rex & 1) << 3;
        if (rm == 4) {
            int sib = in.next();
            int index = sib >> 3 & 7 | (insn.rex & 2) << 2;
            insn.index = index == 4 ? NO_REGISTER : index;
            insn.scale = index == 4 ? 0 : sib >> 6;
            insn.base = sib & 7 | (insn.rex & 1) << 3;
            if ((sib & 7) == 5 && mod == 0) {
                insn.base = NO_REGISTER;
                insn.disp = in.signed(4);
            }
        } else if (rm == 5 && mod == 0) {
            insn.base = NO_REGISTER;
            insn.disp = in.signed(4);
            insn.pcRelative = true;
        }
        if (mod == 1) {
            insn.disp = in.signed(1);
        } else if (mod == 2) {
            insn.disp = in.signed(4);
        }
    }

    private static void place(Cursor in, OpcodeInsn insn, OpcodeRow.Operand operand, int at, int opcode)
            throws EndOfBytes {
        int number = switch (operand.place()) {
            case 'E', 'R' -> insn.modrm & 7 | (insn.rex & 1) << 3;
            case 'W', 'U' -> insn.modrm & 7 | (insn.rex & 1) << 3;
            case 'T', 'Q', 'N' -> insn.modrm & 7;
            case 'B' -> insn.vexRegister;
            case 'G', 'V', 'C', 'D' -> insn.modrm >> 3 & 7 | (insn.rex & 4) << 1;
            case 'S', 'P' -> insn.modrm >> 3 & 7;
            case 'Z' -> opcode & 7 | (insn.rex & 1) << 3;
            default -> operand.fixed();
        };
        boolean high = operand.size().equals("b")
                && (operand.place() == 'E' || operand.place() == 'G' || operand.place() == 'Z')
                && insn.rex == 0
                && number >= 4;
        insn.reg[at] = high ? number - 4 : number;
        insn.shift[at] = high ? 8 : 0;
        insn.imm[at] = operand.fixed();
        if (operand.place() == 'O') {
            insn.memory = true;
            insn.base = NO_REGISTER;
            insn.index = NO_REGISTER;
            insn.scale = 0;
            insn.disp = (insn.special & OpcodeInsn.ADDRESS_32) != 0 ? in.signed(4) & 0xffffffffL : in.signed(8);
        }
    }

    private static void immediates(Cursor in, OpcodeInsn insn, OpcodeRow row) throws EndOfBytes {
        int operand = 0;
        for (int i = 0; i < row.immediates.length(); i++) {
            char kind = row.immediates.charAt(i);
            int bytes = switch (kind) {
                case 'b', 'B' -> 1;
                case 'w' -> 2;
                case 'Z' -> 4;
                case 'z' -> insn.bits == 16 ? 2 : 4;
                default -> insn.bits / 8;
            };
            long value = in.signed(bytes);
            if (kind == 'B' || kind == 'Z') {
                insn.target = value;
                continue;
            }
            while (row.operands[operand].place() != 'I') {
                operand++;
            }
            insn.imm[operand++] = value;
        }
    }

    /// Reads the instruction's bytes one after another.
    private static final class Cursor {
        private final byte[] bytes;
        private final int limit;
        int at;

        Cursor(byte[] bytes, int offset, int limit) {
            this.bytes = bytes;
            this.at = offset;
            this.limit = limit;
        }

        int peek() throws EndOfBytes {
            if (at >= limit) {
                throw EndOfBytes.INSTANCE;
            }
            return bytes[at] & 0xff;
        }

        int next() throws EndOfBytes {
            int b = peek();
            at++;
            return b;
        }

        /// A little-endian value of `count` bytes, sign-extended.
        long signed(int count) throws EndOfBytes {
            long value = 0;
            for (int i = 0; i < count; i++) {
                value |= (long) next() << 8 * i;
            }
            int unused = 64 - 8 * count;
            return value << unused >> unused;
        }
    }

    /// The known bytes end inside the instruction.
    private static final class EndOfBytes extends Exception {
        private static final long serialVersionUID = 1L;
        static final EndOfBytes INSTANCE = new EndOfBytes();

        private EndOfBytes() {
            super(null, null, false, false);
        }
    }
}
