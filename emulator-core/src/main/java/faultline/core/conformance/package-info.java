/// The conformance machine: compares what instructions do here with what a processor makes of them.
///
/// Read [TestVector] first: code, state before, state afterwards. A [VectorMachine] executes one
/// through decoder and nodes over real page tables. [CorpusRun] takes vectors from files and needs
/// nothing else; [RandomRun] makes them up and asks an [Oracle], a small C program that runs on the
/// processor to compare with. `src/oracle` of this module has what all such programs share.
///
/// An architecture joins in by supplying, in this order:
///
/// 1. its oracle, `src/oracle/oracle-ARCH.c`: it names the words of a state, sets a signal context
///    from them and reads one back. Everything else is in `oracle.h`. `src/oracle/build` builds it;
///    where the host is another machine, it runs under qemu's user-mode emulation;
/// 2. a [ConformancePort]: the same words as a [StateLayout] and how a CPU is loaded from them and
///    read; page tables for [TestMemory]'s five pages ([RadixTables]); the rows of its table; how an
///    exception is told in words (signal, code, address); which rows cannot be compared, and why;
///    where the oracle is known to do otherwise ([Difference]);
/// 3. a [Sampler]: from a row's encoding text it makes bytes and a state worth trying: operands with
///    corners, addresses at the ends of pages, in pages that cannot be written or are not there,
///    modes, flags that are set already. [RandomSource] and [HardFloats] have the corners, [Places]
///    the addresses;
/// 4. `open`: what the manual leaves undefined of an outcome, as masks over words and memory, and
///    tolerances where a result is an approximation;
/// 5. [BulkOperation]s, if its floating point is to be tried by the million.
///
/// Then `faultline conformance --arch ARCH --oracle COMMAND --write DIR` makes its corpus, which goes
/// into the module's resources, and the report's coverage says which rows have never been reached.
/// The tests are `CorpusContract` and `OracleContract` of this module's test jar, extended; decoder
/// and disassembler are compared by [faultline.core.isa.survey] and the contracts for that.
///
/// Threads: a machine, a sampler and a vector belong to one thread at a time.
@NullMarked
package faultline.core.conformance;

import org.jspecify.annotations.NullMarked;
