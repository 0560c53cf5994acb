package dev.engram.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** What every benchmark does with what it measured. */
final class Measured {
  private static final int IDLE_SECONDS = 3;
  private static final int MOST_SECONDS = 600;

  /** Of the processor in a second. */
  private static final long IDLE_NANOS = 50_000_000;

  private Measured() {}

  /** Seconds since a time of {@link System#nanoTime}. */
  static double seconds(long startedNanos) {
    return (System.nanoTime() - startedNanos) / 1e9;
  }

  /**
   * Waits until this process has done little for some seconds, ten minutes at most; returns how
   * long that took.
   */
  static double untilIdle() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long began = System.nanoTime();
    for (int idle = 0; idle < IDLE_SECONDS && seconds(began) < MOST_SECONDS; ) {
      long before = system.getProcessCpuTime();
      LockSupport.parkNanos(1_000_000_000L);
      idle = system.getProcessCpuTime() - before < IDLE_NANOS ? idle + 1 : 0;
    }
    return seconds(began);
  }

  /** The one in the middle; of an even number the higher one. */
  static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  /** Figures of a run that is not correct do not count: it ends here. */
  static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException("the run is not correct: " + otherwise);
    }
  }
}
