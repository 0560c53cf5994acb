package dev.engram.internal.transfer;

import dev.engram.spi.Match;
import dev.engram.spi.TransferFormat;
import dev.engram.spi.TransferItem;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Keeps items in memory; a file holds the number under which they are, and nothing else. */
public final class KeptFormat implements TransferFormat {
  private static final long MARK = 0x6B65707400000000L;
  private static final Map<Long, List<TransferItem>> KEPT = new ConcurrentHashMap<>();
  private static final AtomicLong NEXT = new AtomicLong(MARK);

  /** The file of some items. */
  public static byte[] file(List<TransferItem> items) {
    long number = NEXT.incrementAndGet();
    KEPT.put(number, List.copyOf(items));
    byte[] file = new byte[Long.BYTES];
    ByteBuffer.wrap(file).putLong(number);
    return file;
  }

  /** The items of a file. */
  public static List<TransferItem> items(byte[] file) {
    return KEPT.get(ByteBuffer.wrap(file).getLong());
  }

  @Override
  public String name() {
    return "kept";
  }

  @Override
  public boolean keepsAll() {
    return true;
  }

  @Override
  public Match match(byte[] beginning) {
    return beginning.length == Long.BYTES && KEPT.containsKey(ByteBuffer.wrap(beginning).getLong())
        ? Match.YES
        : Match.NO;
  }

  @Override
  public Sink write(OutputStream out) {
    List<TransferItem> items = new ArrayList<>();
    return new Sink() {
      @Override
      public void write(TransferItem item) {
        items.add(item);
      }

      @Override
      public void close() throws IOException {
        out.write(file(items));
        out.flush();
      }
    };
  }

  @Override
  public Source read(InputStream in) throws IOException {
    Iterator<TransferItem> items = KEPT.get(new DataInputStream(in).readLong()).iterator();
    return new Source() {
      @Override
      public @Nullable TransferItem next() {
        return items.hasNext() ? items.next() : null;
      }

      @Override
      public void close() {}
    };
  }
}
