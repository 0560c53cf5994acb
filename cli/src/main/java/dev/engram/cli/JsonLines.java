package dev.engram.cli;

import dev.engram.EngramException;
import dev.engram.InvalidInputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Walks over a JSON Lines file, one object at a time and in bounded memory. What is wrong with a
 * line is an {@link InvalidInputException} that names its number. Not thread-safe.
 *
 * @param <T> what a line becomes; a line that becomes null is left out
 */
final class JsonLines<T> implements Iterator<T>, AutoCloseable {
  /** Longest line, in characters. */
  static final int MAX_LINE_CHARS = 64 * 1024 * 1024;

  private final String name;
  private final Reader reader;
  private final Function<JsonNode, ? extends @Nullable T> reading;
  private final int maxChars;
  private int line;
  private @Nullable T next;

  JsonLines(Path file, Function<JsonNode, ? extends @Nullable T> reading) throws IOException {
    this(
        file.getFileName().toString(),
        new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8.newDecoder()),
        reading,
        MAX_LINE_CHARS);
  }

  JsonLines(
      String name, Reader reader, Function<JsonNode, ? extends @Nullable T> reading, int maxChars) {
    this.name = name;
    this.reader = new BufferedReader(reader, 1 << 16);
    this.reading = reading;
    this.maxChars = maxChars;
  }

  @Override
  public boolean hasNext() {
    while (next == null) {
      String text = readLine();
      if (text == null) {
        return false;
      }
      next = text.isBlank() ? null : read(text);
    }
    return true;
  }

  @Override
  public T next() {
    T found = peek();
    next = null;
    return found;
  }

  /** The next value, which stays the next. */
  T peek() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    return next;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }

  private @Nullable T read(String text) {
    try {
      JsonNode node = Json.parse(text);
      if (!node.isObject()) {
        throw new InvalidInputException("it is not an object");
      }
      return reading.apply(node);
    } catch (JacksonException e) {
      throw failure("it is not JSON"); // the cause would quote the line
    } catch (EngramException e) {
      throw failure(String.valueOf(e.getMessage()));
    }
  }

  private @Nullable String readLine() {
    StringBuilder text = new StringBuilder();
    line++;
    try {
      int c = reader.read();
      if (c < 0) {
        return null;
      }
      for (; c >= 0 && c != '\n'; c = reader.read()) {
        if (text.length() == maxChars) {
          throw failure("it is longer than " + maxChars + " characters");
        }
        text.append((char) c);
      }
    } catch (CharacterCodingException e) {
      throw failure("it, or a line soon after it, is not UTF-8");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    boolean marked = line == 1 && !text.isEmpty() && text.charAt(0) == '\ufeff';
    return marked ? text.substring(1) : text.toString();
  }

  private InvalidInputException failure(String what) {
    return new InvalidInputException(
        "cannot read line: file=" + name + ", line=" + line + ": " + what);
  }
}
