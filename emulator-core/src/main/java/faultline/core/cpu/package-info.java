/// Virtual processors and the threads of guest code that run on them.
///
/// [Vcpu] is the processor: TLB, inbox, mode. [Cpu] is a thread's registers, which move from vCPU
/// to vCPU. [VcpuSet] is how vCPUs interrupt and exclude one another. Read [Vcpu] first: it says
/// who answers an interrupt when.
@NullMarked
package faultline.core.cpu;

import org.jspecify.annotations.NullMarked;
