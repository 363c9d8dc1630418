package dev.dbosj.lab;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * What a process holds, of everything that can leak.
 *
 * @param heap in bytes, when what nobody needs has been thrown away
 * @param threads of the operating system
 * @param files how many file descriptors are open, sockets among them
 */
record Vitals(long heap, int threads, long files) {
    static final String NAME = "VITALS";

    static Vitals now() {
        System.gc();
        var memory = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        var system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        return new Vitals(memory.getUsed(), threads, system.getOpenFileDescriptorCount());
    }

    static Vitals parse(String line) {
        var field = line.split(" ");
        return new Vitals(Long.parseLong(field[1]), Integer.parseInt(field[2]), Long.parseLong(field[3]));
    }

    @Override
    public String toString() {
        return "%s %d %d %d".formatted(NAME, heap, threads, files);
    }
}
