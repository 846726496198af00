package w;

final class WShared {

    static long id(long imm) {
        return imm;
    }
}
