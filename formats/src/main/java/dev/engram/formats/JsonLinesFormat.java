package dev.engram.formats;

import dev.engram.spi.Match;
import dev.engram.spi.TransferFormat;
import dev.engram.spi.TransferItem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * JSON Lines: an item a line. Reads also what somebody wrote by hand. What is wrong names its line.
 * Stateless.
 */
public final class JsonLinesFormat implements TransferFormat {
  @Override
  public String name() {
    return "jsonl";
  }

  @Override
  public boolean keepsAll() {
    return true;
  }

  @Override
  public boolean joins() {
    return true;
  }

  @Override
  public Match match(byte[] beginning) {
    String start = Beginnings.dense(beginning);
    boolean own =
        start.startsWith("{\"" + Fields.SPACE + "\":")
            || start.startsWith("{\"" + Fields.COLLECTION + "\":")
            || start.startsWith("{\"" + Fields.END + "\":");
    return own ? Match.YES : start.startsWith("{") ? Match.MAYBE : Match.NO;
  }

  @Override
  public Sink write(OutputStream out) {
    return new LineSink(out, item -> Optional.of(Fields.of(item)));
  }

  @Override
  public Source read(InputStream in) {
    return new LineSource(in);
  }

  private static final class LineSource implements Source {
    private final LineReader lines;

    LineSource(InputStream in) {
      this.lines = new LineReader(in);
    }

    @Override
    public @Nullable TransferItem next() throws IOException {
      return lines.next() ? lines.object(Fields::item) : null;
    }

    @Override
    public void close() {}
  }
}
