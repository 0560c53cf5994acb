package dev.engram.formats;

import dev.engram.InvalidInputException;
import dev.engram.Metadata;
import dev.engram.RecordId;
import dev.engram.Synapse;
import dev.engram.spi.Match;
import dev.engram.spi.TransferFormat;
import dev.engram.spi.TransferItem;
import dev.engram.spi.TransferItem.Entry;
import dev.engram.spi.TransferItem.Link;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The file of the reference MCP memory server: lines {@code {"type": "entity", name, entityType,
 * observations}} and {@code {"type": "relation", from, to, relationType}}. An entity is a memory of
 * that id, whose text is its name and its observations, which stand in its metadata, too; a
 * relation is a synapse. Stateless.
 */
public final class McpMemoryFormat implements TransferFormat {
  private static final String TYPE = "entityType";
  private static final String OBSERVATIONS = "observations";

  @Override
  public String name() {
    return "mcp";
  }

  @Override
  public boolean keepsAll() {
    return false;
  }

  @Override
  public Match match(byte[] beginning) {
    String start = Beginnings.dense(beginning);
    return start.startsWith("{\"type\":\"entity\",") || start.startsWith("{\"type\":\"relation\",")
        ? Match.YES
        : Match.NO;
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
      Map<String, Object> line = new LinkedHashMap<>();
      if (item instanceof Entry entry) {
        line.put("type", "entity");
        line.put("name", entry.id().map(RecordId::toString).orElse(""));
        line.put(TYPE, entry.metadata().getString(TYPE).orElse("memory"));
        line.put(OBSERVATIONS, observations(entry));
      } else if (item instanceof Link link) {
        line.put("type", "relation");
        line.put("from", link.from().toString());
        line.put("to", link.to().toString());
        line.put("relationType", link.relation());
      } else {
        return;
      }
      JsonText.write(json, line);
      any = true;
    }

    private static List<Object> observations(Entry entry) {
      return entry
          .metadata()
          .getList(OBSERVATIONS)
          .orElseGet(() -> entry.text().stream().map(text -> (Object) text).toList());
    }

    @Override
    public void close() {
      if (any) {
        json.writeRaw('\n');
      }
      json.close();
    }
  }

  /** Relations may stand before what they lead to: they come last. */
  private static final class LineSource implements Source {
    private final BufferedReader in;
    private final List<Link> links = new ArrayList<>();
    private int given;
    private long line;

    LineSource(InputStream in) {
      this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()));
    }

    @Override
    public @Nullable TransferItem next() throws IOException {
      for (String text = in.readLine(); text != null; text = in.readLine()) {
        line++;
        Entry entry = text.isBlank() ? null : read(text);
        if (entry != null) {
          return entry;
        }
      }
      return given < links.size() ? links.get(given++) : null;
    }

    /** The entity of a line; null where it is a relation, which is kept. */
    private @Nullable Entry read(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      try (JsonParser json = JsonText.parser(bytes, bytes.length)) {
        JsonToken _ = json.nextToken();
        Values at = new Values(JsonText.read(json));
        String type = at.text("type", "");
        switch (type) {
          case "entity" -> {
            return entity(at);
          }
          case "relation" -> links.add(relation(at));
          default -> throw new InvalidInputException("field=type: it is no entity or relation");
        }
        return null;
      } catch (JacksonException e) {
        throw failure("it is not JSON"); // the cause would quote the line
      } catch (InvalidInputException e) {
        throw failure(String.valueOf(e.getMessage()));
      }
    }

    private static Entry entity(Values at) {
      String name = name(at, "name");
      List<?> observations = at.list(OBSERVATIONS);
      String text =
          Stream.concat(Stream.of(name), observations.stream().map(String::valueOf))
              .collect(Collectors.joining("\n"));
      return Entry.of(RecordId.parse(name), text)
          .withMetadata(
              Metadata.of(TYPE, at.text(TYPE, "memory"), OBSERVATIONS, List.copyOf(observations)));
    }

    private static Link relation(Values at) {
      return new Link(
          RecordId.parse(name(at, "from")),
          RecordId.parse(name(at, "to")),
          at.text("relationType", Synapse.RELATED),
          Synapse.INITIAL_STRENGTH,
          Optional.empty());
    }

    private static String name(Values at, String field) {
      return at.optionalText(field)
          .orElseThrow(() -> new InvalidInputException("field=" + field + ": it is missing"));
    }

    private InvalidInputException failure(String why) {
      return new InvalidInputException("cannot read the import: line=" + line + ": " + why);
    }

    @Override
    public void close() {}
  }
}
