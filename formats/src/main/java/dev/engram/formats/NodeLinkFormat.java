package dev.engram.formats;

import dev.engram.UnsupportedFeatureException;
import dev.engram.spi.Match;
import dev.engram.spi.TransferFormat;
import dev.engram.spi.TransferItem;
import dev.engram.spi.TransferItem.Entry;
import dev.engram.spi.TransferItem.Link;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/**
 * The graph of a space as node-link JSON, which NetworkX, D3 and others read: {@code {"directed":
 * true, "multigraph": true, "graph": {}, "nodes": [...], "links": [...]}}. Written only. Stateless.
 */
public final class NodeLinkFormat implements TransferFormat {
  @Override
  public String name() {
    return "node-link";
  }

  @Override
  public boolean keepsAll() {
    return false;
  }

  @Override
  public Match match(byte[] beginning) {
    return Beginnings.dense(beginning).startsWith("{\"directed\":") ? Match.YES : Match.NO;
  }

  @Override
  public Sink write(OutputStream out) {
    return new Graph(out);
  }

  @Override
  public Source read(InputStream in) {
    throw new UnsupportedFeatureException(
        "the form is only written: form=node-link; import an export of another form");
  }

  private static final class Graph implements Sink {
    private final JsonGenerator json;
    private boolean linking;

    Graph(OutputStream out) {
      this.json = JsonText.generator(out);
      json.writeStartObject();
      json.writeBooleanProperty("directed", true);
      json.writeBooleanProperty("multigraph", true);
      json.writeName("graph");
      json.writeStartObject();
      json.writeEndObject();
      json.writeName("nodes");
      json.writeStartArray();
    }

    @Override
    public void write(TransferItem item) {
      if (item instanceof Entry) {
        json.writeRaw('\n');
        JsonText.write(json, Fields.of(item));
      } else if (item instanceof Link link) {
        beginLinks();
        json.writeRaw('\n');
        JsonText.write(json, edge(link));
      }
    }

    private void beginLinks() {
      if (!linking) {
        json.writeEndArray();
        json.writeName("links");
        json.writeStartArray();
        linking = true;
      }
    }

    /** The relation is the key that tells several synapses between two memories apart. */
    private static Map<String, Object> edge(Link link) {
      Map<String, Object> edge = new LinkedHashMap<>();
      edge.put("source", link.from().toString());
      edge.put("target", link.to().toString());
      edge.put("key", link.relation());
      edge.put("weight", link.strength());
      Map<String, Object> rest = Fields.of(link);
      rest.keySet().removeAll(java.util.List.of("from", "to", "strength"));
      edge.putAll(rest);
      return edge;
    }

    @Override
    public void close() {
      beginLinks();
      json.writeEndArray();
      json.writeEndObject();
      json.writeRaw('\n');
      json.close();
    }
  }
}
