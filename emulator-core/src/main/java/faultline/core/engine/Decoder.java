package faultline.core.engine;

import org.jspecify.annotations.Nullable;

/// Turns bytes into instructions: the generated half of an architecture.
///
/// Decoding has two steps, so that a block can be decoded forwards and its nodes made backwards,
/// each with a final link to the one behind it. A decoder serves one CPU model; it may be called by
/// any thread.
public interface Decoder {

    /// The longest instruction in bytes.
    int longest();

    /// A place to decode into, reused from instruction to instruction.
    Decoded scratch();

    /// Decodes the instruction at `bytes[offset]`, of which `limit - offset` bytes are known, at
    /// address `pc`. Bytes that are no instruction decode into one that raises the architecture's
    /// illegal-instruction trap. Returns false when the known bytes end too early.
    boolean decode(byte[] bytes, int offset, int limit, long pc, Decoded to);

    /// Makes the node of a decoded instruction; `next` runs behind it. If `next` was made of the
    /// instruction `behind`, the node may do both at once.
    Node node(Decoded from, @Nullable Decoded behind, Node next);
}
