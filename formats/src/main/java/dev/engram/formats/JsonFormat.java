package dev.engram.formats;

import dev.engram.InvalidInputException;
import dev.engram.spi.Match;
import dev.engram.spi.TransferFormat;
import dev.engram.spi.TransferItem;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** One JSON document: {@code {"engram": 1, "items": [...]}}, an item a line. Stateless. */
public final class JsonFormat implements TransferFormat {
  private static final String MARK = "engram";
  private static final String ITEMS = "items";

  @Override
  public String name() {
    return "json";
  }

  @Override
  public boolean keepsAll() {
    return true;
  }

  @Override
  public Match match(byte[] beginning) {
    return Beginnings.dense(beginning).startsWith("{\"" + MARK + "\":") ? Match.YES : Match.NO;
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

    Document(OutputStream out) {
      this.json = JsonText.generator(out);
      json.writeStartObject();
      json.writeNumberProperty(MARK, TransferItem.VERSION);
      json.writeName(ITEMS);
      json.writeStartArray();
    }

    @Override
    public void write(TransferItem item) {
      json.writeRaw('\n');
      JsonText.write(json, Fields.of(item));
    }

    @Override
    public void close() {
      json.writeRaw('\n');
      json.writeEndArray();
      json.writeEndObject();
      json.writeRaw('\n');
      json.close();
    }
  }

  private static final class DocumentSource implements Source {
    private final JsonParser json;
    private boolean inside;
    private boolean ended;
    private long items;

    DocumentSource(InputStream in) {
      this.json = JsonText.parser(in);
    }

    @Override
    public @Nullable TransferItem next() {
      return ended ? null : JsonText.at(() -> "item=" + items, this::read);
    }

    private @Nullable TransferItem read() {
      if (!inside) {
        begin();
      }
      items++;
      if (json.nextToken() != JsonToken.END_ARRAY) {
        return Fields.item(JsonText.read(json));
      }
      ended = true;
      require(json.nextToken() == JsonToken.END_OBJECT && json.nextToken() == null);
      return null;
    }

    private void begin() {
      require(json.nextToken() == JsonToken.START_OBJECT);
      while (!inside) {
        require(json.nextToken() == JsonToken.PROPERTY_NAME);
        boolean list = json.currentName().equals(ITEMS);
        JsonToken value = json.nextToken();
        require(list ? value == JsonToken.START_ARRAY : value.isScalarValue());
        inside = list;
      }
    }

    private static void require(boolean expected) {
      if (!expected) {
        throw new InvalidInputException("it is no document of an export");
      }
    }

    @Override
    public void close() {
      json.close();
    }
  }
}
