package dev.engram.internal.transfer;

import dev.engram.RecordId;
import dev.engram.internal.parallel.InOrder;
import dev.engram.spi.TransferFormat;
import dev.engram.spi.TransferFormat.Sink;
import dev.engram.spi.TransferItem;
import dev.engram.spi.TransferItem.End;
import dev.engram.spi.TransferItem.Entry;
import dev.engram.spi.TransferItem.Link;
import dev.engram.spi.TransferItem.Section;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes parts of an export on several cores, in a form and a compression that {@linkplain
 * TransferFormat#joins join}, and puts them into the stream in order. What is in memory is bounded:
 * an item too large for that is written into the stream at once. Not thread-safe.
 */
final class JoinedSink implements Sink {
  private static final int THREADS = Math.min(4, Runtime.getRuntime().availableProcessors());
  private static final int PART_ITEMS = 10_000;
  private static final long PART_BYTES = 1L << 20;
  private static final long MOST_BYTES = (THREADS + 1) * PART_BYTES;

  /** Of an item beside what a caller gave. */
  private static final int ITEM_BYTES = 64;

  private final Writing writing;
  private final OutputStream out;
  private final InOrder<Part> parts = new InOrder<>("engram-export", THREADS);
  private List<TransferItem> part = new ArrayList<>();
  private long partBytes;

  /** Of parts that were not put. */
  private long waitingBytes;

  /** Whether all has come that was to come; otherwise the export has failed. */
  private boolean whole;

  /**
   * A part that was written.
   *
   * @param itemBytes about what its items took in memory
   */
  private record Part(ByteArrayOutputStream written, long itemBytes) {}

  /** How items are written into a stream, which they flush at most; called by several threads. */
  @FunctionalInterface
  interface Writing {
    void write(List<TransferItem> items, OutputStream out) throws IOException;
  }

  JoinedSink(Writing writing, OutputStream out) {
    this.writing = writing;
    this.out = out;
  }

  @Override
  public void write(TransferItem item) throws IOException {
    long bytes = bytes(item);
    if (bytes > PART_BYTES) {
      submit();
      putWhile(0);
      writing.write(List.of(item), new OwnOutput(out));
      return;
    }
    part.add(item);
    partBytes += bytes;
    whole |= item instanceof End;
    if (part.size() == PART_ITEMS || partBytes >= PART_BYTES) {
      submit();
    }
  }

  private void submit() throws IOException {
    if (part.isEmpty()) {
      return;
    }
    List<TransferItem> items = part;
    long itemBytes = partBytes;
    parts.submit(() -> written(items, itemBytes));
    waitingBytes += itemBytes;
    part = new ArrayList<>();
    partBytes = 0;
    putWhile(MOST_BYTES);
  }

  private Part written(List<TransferItem> items, long itemBytes) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    writing.write(items, bytes);
    return new Part(bytes, itemBytes);
  }

  /** Puts parts until the rest is no more than so many bytes. */
  private void putWhile(long most) throws IOException {
    while (parts.size() > 0 && waitingBytes >= most) {
      Part first = parts.take();
      first.written.writeTo(out);
      waitingBytes -= first.itemBytes;
    }
  }

  private static long bytes(TransferItem item) {
    return ITEM_BYTES
        + switch (item) {
          case Entry entry ->
              Intake.bytes(entry)
                  + entry.id().map(JoinedSink::bytes).orElse(0L)
                  + entry
                      .provenance()
                      .map(origin -> origin.source().length() + origin.position().length())
                      .orElse(0);
          case Link link -> bytes(link.from()) + bytes(link.to()) + link.relation().length();
          case Section _, End _ -> 0;
        };
  }

  private static long bytes(RecordId id) {
    return id instanceof RecordId.Text text ? text.value().length() : 0;
  }

  /** Puts what is left, where all has come; of an export that failed nothing more is written. */
  @Override
  public void close() throws IOException {
    try (parts) {
      if (whole) {
        submit();
        putWhile(0);
      }
    }
  }
}
