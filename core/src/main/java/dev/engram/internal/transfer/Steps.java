package dev.engram.internal.transfer;

import dev.engram.CancelledException;
import dev.engram.Progress;
import dev.engram.spi.TransferItem;

/** Tells how far a transfer is, and ends it where the thread was interrupted. Not thread-safe. */
final class Steps {
  private static final int INTERVAL = 1_000;

  private final String operation;
  private final Progress progress;
  private String name = "";
  private long total = -1;
  private long records;
  private long items;

  Steps(String operation, Progress progress) {
    this.operation = operation;
    this.progress = progress;
  }

  /** About so many records are to come. */
  void expect(long count) {
    total = count;
  }

  void step(TransferItem item) {
    if (item instanceof TransferItem.Section section) {
      name = section.name();
    } else if (item instanceof TransferItem.Entry) {
      records++;
    }
    if (++items % INTERVAL == 0) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancelledException(
            "cancelled by an interrupt: operation=" + operation + ", done=" + records);
      }
      progress.report(
          new Progress.Update(operation, records, total < 0 ? -1 : Math.max(total, records), name));
    }
  }

  void done() {
    progress.report(new Progress.Update(operation, records, records, name));
  }
}
