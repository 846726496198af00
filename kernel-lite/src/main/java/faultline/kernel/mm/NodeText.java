package faultline.kernel.mm;

import faultline.kernel.mm.page.NumaStat;
import faultline.kernel.mm.page.PageAllocator;
import java.util.Locale;

/// What `/sys/devices/system/node` says of memory nodes: `drivers/base/node.c` of Linux 6.12. Every text ends with a
/// newline.
public final class NodeText {

    /// How many bits a word of a mask has.
    private static final int WORD = Integer.SIZE;

    private final NumaNodes nodes;
    private final PageAllocator allocator;

    public NodeText(KernelMemory kernel) {
        this.nodes = kernel.nodes();
        this.allocator = kernel.allocator();
    }

    /// How many nodes there are.
    public int count() {
        return nodes.count();
    }

    /// `online`, `possible` and `has_memory`, and their kin.
    public String online() {
        return ranges(nodes.online());
    }

    /// `has_cpu`.
    public String withCpus() {
        return ranges(nodes.withCpus());
    }

    private static String ranges(long set) {
        StringBuilder text = new StringBuilder();
        MemPolicy.appendRanges(text, set);
        return text.append('\n').toString();
    }

    /// `nodeN/cpulist`; empty but for the newline where there are none.
    public String cpuList(int node) {
        int first = firstCpu(node);
        int end = endCpu(node);
        if (first == end) {
            return "\n";
        }
        return end - first == 1 ? first + "\n" : first + "-" + (end - 1) + "\n";
    }

    /// `nodeN/cpumap`: words of 32 bits, the highest first.
    public String cpuMap(int node) {
        int words = (nodes.cpus() + WORD - 1) / WORD;
        StringBuilder text = new StringBuilder();
        for (int word = words - 1; word >= 0; word--) {
            long bits = 0;
            for (int bit = 0; bit < WORD; bit++) {
                int cpu = word * WORD + bit;
                bits |= cpu < nodes.cpus() && nodes.ofCpu(cpu) == node ? 1L << bit : 0;
            }
            int width = word == words - 1 ? (Math.min(nodes.cpus() - word * WORD, WORD) + 3) / 4 : WORD / 4;
            text.append(String.format(Locale.ROOT, "%0" + width + "x", bits)).append(word == 0 ? '\n' : ',');
        }
        return text.toString();
    }

    private int firstCpu(int node) {
        int cpu = 0;
        while (cpu < nodes.cpus() && nodes.ofCpu(cpu) < node) {
            cpu++;
        }
        return cpu;
    }

    private int endCpu(int node) {
        return firstCpu(node + 1);
    }

    /// `nodeN/distance`.
    public String distance(int node) {
        StringBuilder text = new StringBuilder();
        for (int to = 0; to < nodes.count(); to++) {
            text.append(to == 0 ? "" : " ").append(nodes.distance(node, to));
        }
        return text.append('\n').toString();
    }

    /// `nodeN/meminfo`: what is known of each node by itself.
    public String meminfo(int node) {
        long total = kib(allocator.framesOf(node));
        long free = kib(allocator.freeFramesOf(node));
        return line(node, "MemTotal", total) + line(node, "MemFree", free) + line(node, "MemUsed", total - free);
    }

    private long kib(long frames) {
        return frames << allocator.geometry().shift() >> 10;
    }

    private static String line(int node, String name, long kib) {
        return String.format(Locale.ROOT, "Node %d %-15s %8d kB\n", node, name + ":", kib);
    }

    /// `nodeN/numastat`.
    public String numastat(int node) {
        StringBuilder text = new StringBuilder();
        for (NumaStat stat : NumaStat.values()) {
            text.append(stat.fileName())
                    .append(' ')
                    .append(allocator.numaStat(node, stat))
                    .append('\n');
        }
        return text.toString();
    }

    /// `nodeN/vmstat`: what is counted of each node by itself.
    public String vmstat(int node) {
        StringBuilder text = new StringBuilder();
        text.append("nr_free_pages ").append(allocator.freeFramesOf(node)).append('\n');
        for (NumaStat stat : NumaStat.values()) {
            text.append(stat.vmstatName())
                    .append(' ')
                    .append(allocator.numaStat(node, stat))
                    .append('\n');
        }
        return text.toString();
    }

    /// `/sys/kernel/mm/mempolicy/weighted_interleave/nodeN`.
    public int weight(int node) {
        return allocator.interleaveWeights().get(node);
    }

    /// Writes it. Throws `ErrnoException` EINVAL.
    public void setWeight(int node, long weight) {
        allocator.interleaveWeights().set(node, weight);
    }
}
