package dev.engram.bench;

import com.sun.management.GarbageCollectorMXBean;
import com.sun.management.GcInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;

/** What of the heap is in use. */
final class Heap {
  private Heap() {}

  /** Bytes that survive full collections. */
  static long live() {
    for (int i = 0; i < 4; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** The most bytes that were left after the last collection of any kind. */
  static long afterLastCollection() {
    return ManagementFactory.getPlatformMXBeans(GarbageCollectorMXBean.class).stream()
        .map(GarbageCollectorMXBean::getLastGcInfo)
        .filter(info -> info != null)
        .mapToLong(Heap::left)
        .max()
        .orElse(0);
  }

  private static long left(GcInfo info) {
    return info.getMemoryUsageAfterGc().values().stream().mapToLong(MemoryUsage::getUsed).sum();
  }
}
