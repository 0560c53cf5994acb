package dev.engram.formats;

import dev.engram.InvalidInputException;
import dev.engram.spi.Match;
import dev.engram.spi.TransferFormat;
import dev.engram.spi.TransferItem;
import dev.engram.spi.TransferItem.Entry;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The document {@code memories.json} of neural_llm_memory: {@code {"version": "1.0", "created_at",
 * "updated_at", "memories": [{"key", "value"}]}}. {@link MemoryPair} says what becomes of a pair.
 * It has no place for synapses and provenance. Stateless.
 */
public final class MemoriesFormat implements TransferFormat {
  private static final String VERSION = "1.0";
  private static final String MEMORIES = "memories";

  @Override
  public String name() {
    return "memories";
  }

  @Override
  public boolean keepsAll() {
    return false;
  }

  @Override
  public Match match(byte[] beginning) {
    String start = Beginnings.dense(beginning);
    return start.startsWith("{\"version\":") && start.contains("\"" + MEMORIES + "\":[")
        ? Match.YES
        : Match.NO;
  }

  @Override
  public Sink write(OutputStream out) {
    return new Document(out);
  }

  @Override
  public Source read(InputStream in) {
    return new DocumentSource(in);
  }

  private static final class Document implements Sink {
    private final JsonGenerator json;
    private @Nullable Instant first;
    private @Nullable Instant last;

    Document(OutputStream out) {
      this.json = JsonText.generator(out);
      json.writeStartObject();
      json.writeStringProperty("version", VERSION);
      json.writeName(MEMORIES);
      json.writeStartArray();
    }

    @Override
    public void write(TransferItem item) {
      if (item instanceof Entry entry) {
        json.writeRaw('\n');
        JsonText.write(json, MemoryPair.of(entry));
        entry.dates().created().ifPresent(this::see);
        entry.dates().updated().ifPresent(this::see);
      }
    }

    private void see(Instant instant) {
      first = first == null || instant.isBefore(first) ? instant : first;
      last = last == null || instant.isAfter(last) ? instant : last;
    }

    /** The dates are known at the end only; where members of an object stand says nothing. */
    @Override
    public void close() {
      json.writeEndArray();
      json.writeStringProperty("created_at", written(first));
      json.writeStringProperty("updated_at", written(last));
      json.writeEndObject();
      json.writeRaw('\n');
      json.close();
    }

    private static String written(@Nullable Instant instant) {
      return DateTimeFormatter.ISO_INSTANT.format(instant == null ? Instant.EPOCH : instant);
    }
  }

  private static final class DocumentSource implements Source {
    private final JsonParser json;
    private final MemoryPair.Reader reader = new MemoryPair.Reader();
    private @Nullable Entry waiting;
    private boolean inside;
    private boolean ended;
    private long items;

    DocumentSource(InputStream in) {
      this.json = JsonText.parser(in);
    }

    @Override
    public @Nullable TransferItem next() {
      Entry held = waiting;
      waiting = null;
      if (held != null || ended) {
        return held;
      }
      return JsonText.at(() -> "memory=" + items, this::read);
    }

    private @Nullable TransferItem read() {
      if (!inside) {
        begin();
        inside = true;
      }
      items++;
      if (json.nextToken() == JsonToken.END_ARRAY) {
        end();
        return null;
      }
      Entry entry = reader.entry(JsonText.read(json));
      Optional<TransferItem> section = items == 1 ? reader.section(entry) : Optional.empty();
      if (section.isEmpty()) {
        return entry;
      }
      waiting = entry;
      return section.get();
    }

    /** Goes to the list of memories. */
    private void begin() {
      require(json.nextToken() == JsonToken.START_OBJECT);
      while (true) {
        require(json.nextToken() == JsonToken.PROPERTY_NAME);
        String name = json.currentName();
        JsonToken value = json.nextToken();
        if (name.equals(MEMORIES)) {
          require(value == JsonToken.START_ARRAY);
          return;
        }
        requireKnown(name, value);
      }
    }

    private void end() {
      ended = true;
      for (JsonToken next = json.nextToken();
          next != JsonToken.END_OBJECT;
          next = json.nextToken()) {
        require(next == JsonToken.PROPERTY_NAME && json.nextToken().isScalarValue());
      }
      require(json.nextToken() == null);
    }

    private void requireKnown(String name, JsonToken value) {
      require(value.isScalarValue());
      if (name.equals("version") && !json.getString().startsWith("1")) {
        throw new InvalidInputException("version=" + json.getString() + ", known=" + VERSION);
      }
    }

    private static void require(boolean expected) {
      if (!expected) {
        throw new InvalidInputException("it is no document of memories");
      }
    }

    @Override
    public void close() {
      json.close();
    }
  }
}
