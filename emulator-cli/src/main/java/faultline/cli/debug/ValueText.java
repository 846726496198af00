package faultline.cli.debug;

import faultline.cli.run.CodeText;

/// Values as people read them.
final class ValueText {

    private ValueText() {}

    /// A value of a type: a long may as well be an address, so it is shown both ways.
    static String of(DebugSession session, Type type, long bits) {
        if (type.target() != null) {
            return address(session, bits);
        }
        return switch (type.bytes()) {
            case 8 -> {
                String place = CodeText.place(session.symbols(), bits);
                yield "0x" + Long.toHexString(bits) + "  " + Long.toString(bits) + (place == null ? "" : "  " + place);
            }
            case 1 -> bits + " '" + MemoryFormat.printable((int) bits & 0xff) + "'";
            default -> Long.toString(type.extend(bits));
        };
    }

    /// `0x401136 <main+4>`.
    static String address(DebugSession session, long address) {
        String place = CodeText.place(session.symbols(), address);
        return "0x" + Long.toHexString(address) + (place == null ? "" : " " + place);
    }
}
