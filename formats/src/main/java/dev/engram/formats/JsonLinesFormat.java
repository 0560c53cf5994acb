package dev.engram.formats;

import dev.engram.InvalidInputException;
import dev.engram.Limits;
import dev.engram.spi.Match;
import dev.engram.spi.TransferFormat;
import dev.engram.spi.TransferItem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

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
    return new Lines(out);
  }

  @Override
  public Source read(InputStream in) {
    return new LineSource(in);
  }

  private static final class Lines implements Sink {
    private final JsonGenerator json;
    private boolean any;

    Lines(OutputStream out) {
      this.json = JsonText.generator(out);
    }

    @Override
    public void write(TransferItem item) {
      JsonText.write(json, Fields.of(item));
      any = true;
    }

    @Override
    public void close() {
      if (any) {
        json.writeRaw('\n');
      }
      json.close();
    }
  }

  private static final class LineSource implements Source {
    private final InputStream in;
    private final LineBuffer buffer = new LineBuffer();
    private final byte[] chunk = new byte[1 << 16];
    private int position;
    private int length;
    private long line;

    LineSource(InputStream in) {
      this.in = in;
    }

    @Override
    public @Nullable TransferItem next() throws IOException {
      while (readLine()) {
        if (!buffer.isBlank()) {
          return item();
        }
      }
      return null;
    }

    @Override
    public void close() {}

    private TransferItem item() {
      try (JsonParser json = JsonText.parser(buffer.bytes(), buffer.size())) {
        JsonToken _ = json.nextToken();
        TransferItem item = Fields.item(JsonText.read(json));
        if (json.nextToken() != null) {
          throw new InvalidInputException("something follows its object");
        }
        return item;
      } catch (JacksonException e) {
        throw failure("it is not JSON in UTF-8"); // the cause would quote the line
      } catch (InvalidInputException e) {
        throw failure(String.valueOf(e.getMessage()));
      }
    }

    /** Whether there was another line. */
    private boolean readLine() throws IOException {
      buffer.reset();
      line++;
      boolean any = false;
      while (position < length || fill()) {
        any = true;
        int from = position;
        while (position < length && chunk[position] != '\n') {
          position++;
        }
        keep(from, position);
        if (position < length) {
          position++;
          return true;
        }
      }
      return any;
    }

    private boolean fill() throws IOException {
      length = in.read(chunk, 0, chunk.length);
      position = 0;
      return length > 0;
    }

    private void keep(int from, int to) {
      if (buffer.size() + (to - from) > Limits.MAX_IMPORTED_ITEM_BYTES) {
        throw failure("it is longer than " + Limits.MAX_IMPORTED_ITEM_BYTES + " bytes");
      }
      buffer.write(chunk, from, to - from);
    }

    private InvalidInputException failure(String why) {
      return new InvalidInputException("cannot read the import: line=" + line + ": " + why);
    }
  }

  /** A line, and a look at its bytes without a copy. */
  private static final class LineBuffer extends ByteArrayOutputStream {
    byte[] bytes() {
      return buf;
    }

    boolean isBlank() {
      for (int i = 0; i < count; i++) {
        if (buf[i] > ' ' || buf[i] < 0) {
          return false;
        }
      }
      return true;
    }
  }
}
