package faultline.kernel.testing;

import faultline.kernel.testing.TableRace.Flush;

/// What Linux and the manual say of a port, where races come out by it. A test states it; the port's own code is
/// what it is held against.
///
/// @param flush whom the invalidation of TLBs waits for
/// @param hashed whether the hardware finds translations in a hashed table: then a PTE table stays where it is
/// (`arch_supports_page_table_move`), and fork flushes with each PTE lock it gives back
/// (`arch_leave_lazy_mmu_mode`)
/// @param breaksBeforeMake whether an entry goes from one page to another by way of an invalid one only (Arm ARM
/// D8.16), which the checks watch
public record PortFacts(Flush flush, boolean hashed, boolean breaksBeforeMake) {}
