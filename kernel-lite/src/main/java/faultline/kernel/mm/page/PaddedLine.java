package faultline.kernel.mm.page;

/// Keeps the fields of a subclass off the cache lines of the object in front: for objects that one
/// vCPU writes at every fault and that the garbage collector may lay next to those of another.
///
/// A superclass, because the JVM may reorder the fields of one class but not those of two.
@SuppressWarnings("unused") // the fields take room, nothing else
abstract class PaddedLine {

    // 128 bytes: processors fetch pairs of 64-byte lines.
    private long p00;
    private long p01;
    private long p02;
    private long p03;
    private long p04;
    private long p05;
    private long p06;
    private long p07;
    private long p08;
    private long p09;
    private long p10;
    private long p11;
    private long p12;
    private long p13;
    private long p14;
    private long p15;
}
