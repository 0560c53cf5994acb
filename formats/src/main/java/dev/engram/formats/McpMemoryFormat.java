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
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
    return new LineSink(out, McpMemoryFormat::line);
  }

  @Override
  public Source read(InputStream in) {
    return new LineSource(in);
  }

  /** An entity or a relation; nothing for what is neither. */
  private static Optional<Map<String, Object>> line(TransferItem item) {
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
    }
    return line.isEmpty() ? Optional.empty() : Optional.of(line);
  }

  private static List<Object> observations(Entry entry) {
    return entry
        .metadata()
        .getList(OBSERVATIONS)
        .orElseGet(() -> entry.text().stream().map(text -> (Object) text).toList());
  }

  /** Relations may stand before what they lead to: they come last. */
  private static final class LineSource implements Source {
    private final LineReader lines;
    private final List<Link> links = new ArrayList<>();
    private int given;

    LineSource(InputStream in) {
      this.lines = new LineReader(in);
    }

    @Override
    public @Nullable TransferItem next() throws IOException {
      while (lines.next()) {
        Entry entry = lines.object(this::read);
        if (entry != null) {
          return entry;
        }
      }
      return given < links.size() ? links.get(given++) : null;
    }

    /** The entity of a line; null where it is a relation, which is kept. */
    private @Nullable Entry read(Map<String, Object> values) {
      Values at = new Values(values);
      return switch (at.text("type", "")) {
        case "entity" -> entity(at);
        case "relation" -> {
          links.add(relation(at));
          yield null;
        }
        default -> throw new InvalidInputException("field=type: it is no entity or relation");
      };
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

    @Override
    public void close() {}
  }
}
