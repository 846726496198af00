package faultline.arm64.insn;

import faultline.core.isa.Insn;

/// Atomic memory operations (Arm ARM C4.1.88, "Atomic memory operations"): they give back what was
/// in memory and leave the result there. Each is at least as ordered as any of its forms asks for.
///
/// `order` is the bits A and R; without A, and with nowhere to put the old value, it is a store.
final class AtomicMemory {

    private AtomicMemory() {}

    /// Atomic add.
    @Insn("""
            size:2 111 0 00 order:2 1 rs:5 0 000 00 rn:5 rt:5 size==0 ?LSE \
            | ldadd<order>b ws, wt, [xn|sp] | ea:=alignedRead rt=before -> atomic8
            size:2 111 0 00 0 release:1 1 rs:5 0 000 00 rn:5 11111 size==0 ?LSE \
            | stadd<release>b ws, [xn|sp] | ea:=alignedRead -> atomic8
            size:2 111 0 00 order:2 1 rs:5 0 000 00 rn:5 rt:5 size==1 ?LSE \
            | ldadd<order>h ws, wt, [xn|sp] | ea:=alignedRead rt=before -> atomic16
            size:2 111 0 00 0 release:1 1 rs:5 0 000 00 rn:5 11111 size==1 ?LSE \
            | stadd<release>h ws, [xn|sp] | ea:=alignedRead -> atomic16
            size:2 111 0 00 order:2 1 rs:5 0 000 00 rn:5 rt:5 size==2 ?LSE \
            | ldadd<order> ws, wt, [xn|sp] | ea:=alignedRead rt=before -> atomic32
            size:2 111 0 00 0 release:1 1 rs:5 0 000 00 rn:5 11111 size==2 ?LSE \
            | stadd<release> ws, [xn|sp] | ea:=alignedRead -> atomic32
            size:2 111 0 00 order:2 1 rs:5 0 000 00 rn:5 rt:5 size==3 ?LSE \
            | ldadd<order> xs, xt, [xn|sp] | ea:=alignedRead rt=before -> atomic64
            size:2 111 0 00 0 release:1 1 rs:5 0 000 00 rn:5 11111 size==3 ?LSE \
            | stadd<release> xs, [xn|sp] | ea:=alignedRead -> atomic64
            """)
    static long ldadd(long old, long rs) {
        return old + rs;
    }

    /// Atomic bit clear.
    @Insn("""
            size:2 111 0 00 order:2 1 rs:5 0 001 00 rn:5 rt:5 size==0 ?LSE \
            | ldclr<order>b ws, wt, [xn|sp] | ea:=alignedRead rt=before -> atomic8
            size:2 111 0 00 0 release:1 1 rs:5 0 001 00 rn:5 11111 size==0 ?LSE \
            | stclr<release>b ws, [xn|sp] | ea:=alignedRead -> atomic8
            size:2 111 0 00 order:2 1 rs:5 0 001 00 rn:5 rt:5 size==1 ?LSE \
            | ldclr<order>h ws, wt, [xn|sp] | ea:=alignedRead rt=before -> atomic16
            size:2 111 0 00 0 release:1 1 rs:5 0 001 00 rn:5 11111 size==1 ?LSE \
            | stclr<release>h ws, [xn|sp] | ea:=alignedRead -> atomic16
            size:2 111 0 00 order:2 1 rs:5 0 001 00 rn:5 rt:5 size==2 ?LSE \
            | ldclr<order> ws, wt, [xn|sp] | ea:=alignedRead rt=before -> atomic32
            size:2 111 0 00 0 release:1 1 rs:5 0 001 00 rn:5 11111 size==2 ?LSE \
            | stclr<release> ws, [xn|sp] | ea:=alignedRead -> atomic32
            size:2 111 0 00 order:2 1 rs:5 0 001 00 rn:5 rt:5 size==3 ?LSE \
            | ldclr<order> xs, xt, [xn|sp] | ea:=alignedRead rt=before -> atomic64
            size:2 111 0 00 0 release:1 1 rs:5 0 001 00 rn:5 11111 size==3 ?LSE \
            | stclr<release> xs, [xn|sp] | ea:=alignedRead -> atomic64
            """)
    static long ldclr(long old, long rs) {
        return old & ~rs;
    }

    /// Atomic exclusive or.
    @Insn("""
            size:2 111 0 00 order:2 1 rs:5 0 010 00 rn:5 rt:5 size==0 ?LSE \
            | ldeor<order>b ws, wt, [xn|sp] | ea:=alignedRead rt=before -> atomic8
            size:2 111 0 00 0 release:1 1 rs:5 0 010 00 rn:5 11111 size==0 ?LSE \
            | steor<release>b ws, [xn|sp] | ea:=alignedRead -> atomic8
            size:2 111 0 00 order:2 1 rs:5 0 010 00 rn:5 rt:5 size==1 ?LSE \
            | ldeor<order>h ws, wt, [xn|sp] | ea:=alignedRead rt=before -> atomic16
            size:2 111 0 00 0 release:1 1 rs:5 0 010 00 rn:5 11111 size==1 ?LSE \
            | steor<release>h ws, [xn|sp] | ea:=alignedRead -> atomic16
            size:2 111 0 00 order:2 1 rs:5 0 010 00 rn:5 rt:5 size==2 ?LSE \
            | ldeor<order> ws, wt, [xn|sp] | ea:=alignedRead rt=before -> atomic32
            size:2 111 0 00 0 release:1 1 rs:5 0 010 00 rn:5 11111 size==2 ?LSE \
            | steor<release> ws, [xn|sp] | ea:=alignedRead -> atomic32
            size:2 111 0 00 order:2 1 rs:5 0 010 00 rn:5 rt:5 size==3 ?LSE \
            | ldeor<order> xs, xt, [xn|sp] | ea:=alignedRead rt=before -> atomic64
            size:2 111 0 00 0 release:1 1 rs:5 0 010 00 rn:5 11111 size==3 ?LSE \
            | steor<release> xs, [xn|sp] | ea:=alignedRead -> atomic64
            """)
    static long ldeor(long old, long rs) {
        return old ^ rs;
    }

    /// Atomic bit set.
    @Insn("""
            size:2 111 0 00 order:2 1 rs:5 0 011 00 rn:5 rt:5 size==0 ?LSE \
            | ldset<order>b ws, wt, [xn|sp] | ea:=alignedRead rt=before -> atomic8
            size:2 111 0 00 0 release:1 1 rs:5 0 011 00 rn:5 11111 size==0 ?LSE \
            | stset<release>b ws, [xn|sp] | ea:=alignedRead -> atomic8
            size:2 111 0 00 order:2 1 rs:5 0 011 00 rn:5 rt:5 size==1 ?LSE \
            | ldset<order>h ws, wt, [xn|sp] | ea:=alignedRead rt=before -> atomic16
            size:2 111 0 00 0 release:1 1 rs:5 0 011 00 rn:5 11111 size==1 ?LSE \
            | stset<release>h ws, [xn|sp] | ea:=alignedRead -> atomic16
            size:2 111 0 00 order:2 1 rs:5 0 011 00 rn:5 rt:5 size==2 ?LSE \
            | ldset<order> ws, wt, [xn|sp] | ea:=alignedRead rt=before -> atomic32
            size:2 111 0 00 0 release:1 1 rs:5 0 011 00 rn:5 11111 size==2 ?LSE \
            | stset<release> ws, [xn|sp] | ea:=alignedRead -> atomic32
            size:2 111 0 00 order:2 1 rs:5 0 011 00 rn:5 rt:5 size==3 ?LSE \
            | ldset<order> xs, xt, [xn|sp] | ea:=alignedRead rt=before -> atomic64
            size:2 111 0 00 0 release:1 1 rs:5 0 011 00 rn:5 11111 size==3 ?LSE \
            | stset<release> xs, [xn|sp] | ea:=alignedRead -> atomic64
            """)
    static long ldset(long old, long rs) {
        return old | rs;
    }

    /// Atomic signed maximum.
    @Insn("""
            size:2 111 0 00 order:2 1 rs:5 0 100 00 rn:5 rt:5 size==0 ?LSE \
            | ldsmax<order>b ws, wt, [xn|sp] | ea:=alignedRead rt=before -> atomic8
            size:2 111 0 00 0 release:1 1 rs:5 0 100 00 rn:5 11111 size==0 ?LSE \
            | stsmax<release>b ws, [xn|sp] | ea:=alignedRead -> atomic8
            size:2 111 0 00 order:2 1 rs:5 0 100 00 rn:5 rt:5 size==1 ?LSE \
            | ldsmax<order>h ws, wt, [xn|sp] | ea:=alignedRead rt=before -> atomic16
            size:2 111 0 00 0 release:1 1 rs:5 0 100 00 rn:5 11111 size==1 ?LSE \
            | stsmax<release>h ws, [xn|sp] | ea:=alignedRead -> atomic16
            size:2 111 0 00 order:2 1 rs:5 0 100 00 rn:5 rt:5 size==2 ?LSE \
            | ldsmax<order> ws, wt, [xn|sp] | ea:=alignedRead rt=before -> atomic32
            size:2 111 0 00 0 release:1 1 rs:5 0 100 00 rn:5 11111 size==2 ?LSE \
            | stsmax<release> ws, [xn|sp] | ea:=alignedRead -> atomic32
            size:2 111 0 00 order:2 1 rs:5 0 100 00 rn:5 rt:5 size==3 ?LSE \
            | ldsmax<order> xs, xt, [xn|sp] | ea:=alignedRead rt=before -> atomic64
            size:2 111 0 00 0 release:1 1 rs:5 0 100 00 rn:5 11111 size==3 ?LSE \
            | stsmax<release> xs, [xn|sp] | ea:=alignedRead -> atomic64
            """)
    static long ldsmax(long old, long rs, int size) {
        return Math.max(old, Operands.narrowed(rs, size));
    }

    /// Atomic signed minimum.
    @Insn("""
            size:2 111 0 00 order:2 1 rs:5 0 101 00 rn:5 rt:5 size==0 ?LSE \
            | ldsmin<order>b ws, wt, [xn|sp] | ea:=alignedRead rt=before -> atomic8
            size:2 111 0 00 0 release:1 1 rs:5 0 101 00 rn:5 11111 size==0 ?LSE \
            | stsmin<release>b ws, [xn|sp] | ea:=alignedRead -> atomic8
            size:2 111 0 00 order:2 1 rs:5 0 101 00 rn:5 rt:5 size==1 ?LSE \
            | ldsmin<order>h ws, wt, [xn|sp] | ea:=alignedRead rt=before -> atomic16
            size:2 111 0 00 0 release:1 1 rs:5 0 101 00 rn:5 11111 size==1 ?LSE \
            | stsmin<release>h ws, [xn|sp] | ea:=alignedRead -> atomic16
            size:2 111 0 00 order:2 1 rs:5 0 101 00 rn:5 rt:5 size==2 ?LSE \
            | ldsmin<order> ws, wt, [xn|sp] | ea:=alignedRead rt=before -> atomic32
            size:2 111 0 00 0 release:1 1 rs:5 0 101 00 rn:5 11111 size==2 ?LSE \
            | stsmin<release> ws, [xn|sp] | ea:=alignedRead -> atomic32
            size:2 111 0 00 order:2 1 rs:5 0 101 00 rn:5 rt:5 size==3 ?LSE \
            | ldsmin<order> xs, xt, [xn|sp] | ea:=alignedRead rt=before -> atomic64
            size:2 111 0 00 0 release:1 1 rs:5 0 101 00 rn:5 11111 size==3 ?LSE \
            | stsmin<release> xs, [xn|sp] | ea:=alignedRead -> atomic64
            """)
    static long ldsmin(long old, long rs, int size) {
        return Math.min(old, Operands.narrowed(rs, size));
    }

    /// Atomic unsigned maximum. Sign extension keeps the order.
    @Insn("""
            size:2 111 0 00 order:2 1 rs:5 0 110 00 rn:5 rt:5 size==0 ?LSE \
            | ldumax<order>b ws, wt, [xn|sp] | ea:=alignedRead rt=before -> atomic8
            size:2 111 0 00 0 release:1 1 rs:5 0 110 00 rn:5 11111 size==0 ?LSE \
            | stumax<release>b ws, [xn|sp] | ea:=alignedRead -> atomic8
            size:2 111 0 00 order:2 1 rs:5 0 110 00 rn:5 rt:5 size==1 ?LSE \
            | ldumax<order>h ws, wt, [xn|sp] | ea:=alignedRead rt=before -> atomic16
            size:2 111 0 00 0 release:1 1 rs:5 0 110 00 rn:5 11111 size==1 ?LSE \
            | stumax<release>h ws, [xn|sp] | ea:=alignedRead -> atomic16
            size:2 111 0 00 order:2 1 rs:5 0 110 00 rn:5 rt:5 size==2 ?LSE \
            | ldumax<order> ws, wt, [xn|sp] | ea:=alignedRead rt=before -> atomic32
            size:2 111 0 00 0 release:1 1 rs:5 0 110 00 rn:5 11111 size==2 ?LSE \
            | stumax<release> ws, [xn|sp] | ea:=alignedRead -> atomic32
            size:2 111 0 00 order:2 1 rs:5 0 110 00 rn:5 rt:5 size==3 ?LSE \
            | ldumax<order> xs, xt, [xn|sp] | ea:=alignedRead rt=before -> atomic64
            size:2 111 0 00 0 release:1 1 rs:5 0 110 00 rn:5 11111 size==3 ?LSE \
            | stumax<release> xs, [xn|sp] | ea:=alignedRead -> atomic64
            """)
    static long ldumax(long old, long rs, int size) {
        return Long.compareUnsigned(old, Operands.narrowed(rs, size)) >= 0 ? old : rs;
    }

    /// Atomic unsigned minimum, likewise.
    @Insn("""
            size:2 111 0 00 order:2 1 rs:5 0 111 00 rn:5 rt:5 size==0 ?LSE \
            | ldumin<order>b ws, wt, [xn|sp] | ea:=alignedRead rt=before -> atomic8
            size:2 111 0 00 0 release:1 1 rs:5 0 111 00 rn:5 11111 size==0 ?LSE \
            | stumin<release>b ws, [xn|sp] | ea:=alignedRead -> atomic8
            size:2 111 0 00 order:2 1 rs:5 0 111 00 rn:5 rt:5 size==1 ?LSE \
            | ldumin<order>h ws, wt, [xn|sp] | ea:=alignedRead rt=before -> atomic16
            size:2 111 0 00 0 release:1 1 rs:5 0 111 00 rn:5 11111 size==1 ?LSE \
            | stumin<release>h ws, [xn|sp] | ea:=alignedRead -> atomic16
            size:2 111 0 00 order:2 1 rs:5 0 111 00 rn:5 rt:5 size==2 ?LSE \
            | ldumin<order> ws, wt, [xn|sp] | ea:=alignedRead rt=before -> atomic32
            size:2 111 0 00 0 release:1 1 rs:5 0 111 00 rn:5 11111 size==2 ?LSE \
            | stumin<release> ws, [xn|sp] | ea:=alignedRead -> atomic32
            size:2 111 0 00 order:2 1 rs:5 0 111 00 rn:5 rt:5 size==3 ?LSE \
            | ldumin<order> xs, xt, [xn|sp] | ea:=alignedRead rt=before -> atomic64
            size:2 111 0 00 0 release:1 1 rs:5 0 111 00 rn:5 11111 size==3 ?LSE \
            | stumin<release> xs, [xn|sp] | ea:=alignedRead -> atomic64
            """)
    static long ldumin(long old, long rs, int size) {
        return Long.compareUnsigned(old, Operands.narrowed(rs, size)) <= 0 ? old : rs;
    }

    /// Swap.
    @Insn("""
            size:2 111 0 00 order:2 1 rs:5 1 000 00 rn:5 rt:5 size==0 ?LSE \
            | swp<order>b ws, wt, [xn|sp] | ea:=alignedRead rt=before -> atomic8
            size:2 111 0 00 order:2 1 rs:5 1 000 00 rn:5 rt:5 size==1 ?LSE \
            | swp<order>h ws, wt, [xn|sp] | ea:=alignedRead rt=before -> atomic16
            size:2 111 0 00 order:2 1 rs:5 1 000 00 rn:5 rt:5 size==2 ?LSE \
            | swp<order> ws, wt, [xn|sp] | ea:=alignedRead rt=before -> atomic32
            size:2 111 0 00 order:2 1 rs:5 1 000 00 rn:5 rt:5 size==3 ?LSE \
            | swp<order> xs, xt, [xn|sp] | ea:=alignedRead rt=before -> atomic64
            """)
    static long swp(long rs) {
        return rs;
    }
}
