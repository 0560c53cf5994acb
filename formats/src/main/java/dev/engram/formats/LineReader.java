package dev.engram.formats;

import dev.engram.InvalidInputException;
import dev.engram.Limits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads an object a line. What is wrong names its line. Not thread-safe. */
final class LineReader {
  private final InputStream in;
  private final Line buffer = new Line();
  private final byte[] chunk = new byte[1 << 16];
  private int position;
  private int length;
  private long line;

  LineReader(InputStream in) {
    this.in = in;
  }

  /** Goes to the next line that is not blank; whether there was one. */
  boolean next() throws IOException {
    while (readLine()) {
      if (!buffer.isBlank()) {
        return true;
      }
    }
    return false;
  }

  /**
   * What the object of this line becomes.
   *
   * @throws InvalidInputException where it is none, or what reads it refuses
   */
  <T extends @Nullable Object> T object(Function<Map<String, Object>, T> reading) {
    return JsonText.at(
        this::place,
        () -> {
          try (JsonParser json = JsonText.parser(buffer.bytes(), buffer.size())) {
            JsonToken _ = json.nextToken();
            T read = reading.apply(JsonText.read(json));
            if (json.nextToken() != null) {
              throw new InvalidInputException("something follows its object");
            }
            return read;
          }
        });
  }

  private String place() {
    return "line=" + line;
  }

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
      throw new InvalidInputException(
          "cannot read the import: "
              + place()
              + ": it is longer than "
              + Limits.MAX_IMPORTED_ITEM_BYTES
              + " bytes");
    }
    buffer.write(chunk, from, to - from);
  }

  /** A line, and a look at its bytes without a copy. */
  private static final class Line extends ByteArrayOutputStream {
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
