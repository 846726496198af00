/// The vCPU: its states, interrupt flag and inbox, and the trap seam to the kernel above.
///
/// Read `Vcpu` first, then `TrapHandler`. One host thread carries a vCPU at a time and alone
/// touches its registers; other threads reach it only through its inbox.
@NullMarked
package faultline.core.cpu;

import org.jspecify.annotations.NullMarked;
