package dev.engram.internal.transfer;

import dev.engram.internal.parallel.InOrder;
import dev.engram.spi.TransferFormat;
import dev.engram.spi.TransferFormat.Sink;
import dev.engram.spi.TransferItem;
import dev.engram.spi.TransferItem.Entry;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes parts of an export on all cores, in a form and a compression that {@linkplain
 * TransferFormat#joins join}, and puts them into the stream in order. A few parts are in memory at
 * a time. Not thread-safe.
 */
final class JoinedSink implements Sink {
  private static final int PART_ITEMS = 500;
  private static final long PART_BYTES = 1L << 20;

  private final Writing writing;
  private final OutputStream out;
  private final int threads = Runtime.getRuntime().availableProcessors();
  private final InOrder<byte[]> parts = new InOrder<>("engram-export", threads);
  private List<TransferItem> part = new ArrayList<>();
  private long bytes;

  /** Whether one part is missing; what follows it is not written. */
  private boolean broken;

  /** How a part is written; called by several threads. */
  @FunctionalInterface
  interface Writing {
    byte[] write(List<TransferItem> items) throws IOException;
  }

  JoinedSink(Writing writing, OutputStream out) {
    this.writing = writing;
    this.out = out;
  }

  @Override
  public void write(TransferItem item) throws IOException {
    part.add(item);
    bytes += item instanceof Entry entry ? Intake.bytes(entry) : 0;
    if (part.size() == PART_ITEMS || bytes >= PART_BYTES) {
      submit();
    }
  }

  private void submit() throws IOException {
    List<TransferItem> items = part;
    part = new ArrayList<>();
    bytes = 0;
    parts.submit(() -> writing.write(items));
    if (parts.size() > threads) {
      putOne();
    }
  }

  private void putOne() throws IOException {
    broken = true;
    out.write(parts.take());
    broken = false;
  }

  /** Puts what is left. */
  @Override
  public void close() throws IOException {
    try (parts) {
      if (!broken && !part.isEmpty()) {
        submit();
      }
      while (!broken && parts.size() > 0) {
        putOne();
      }
    }
  }
}
