package dev.engram.internal.transfer;

import dev.engram.RecordId;
import dev.engram.UnsupportedFeatureException;
import dev.engram.spi.Match;
import dev.engram.spi.TransferFormat;
import dev.engram.spi.TransferItem;
import dev.engram.spi.TransferItem.Entry;
import dev.engram.spi.TransferItem.Link;
import dev.engram.spi.TransferItem.Use;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * The graph of a space as GraphML, which Gephi, yEd, Neo4j and others read. Written only; what XML
 * cannot hold, such as control characters, is replaced by U+FFFD. Stateless.
 */
final class GraphMlFormat implements TransferFormat {
  private static final String NAMESPACE = "http://graphml.graphdrawing.org/xmlns";
  private static final List<Key> KEYS =
      List.of(
          new Key("text", "node", "string"),
          new Key("metadata", "node", "string"),
          new Key("createdAt", "node", "string"),
          new Key("accessCount", "node", "long"),
          new Key("importance", "node", "double"),
          new Key("pinned", "node", "boolean"),
          new Key("relation", "edge", "string"),
          new Key("weight", "edge", "double"),
          new Key("tier", "edge", "string"),
          new Key("activations", "edge", "long"));

  /** What nodes or edges have. */
  private record Key(String name, String of, String type) {}

  @Override
  public String name() {
    return "graphml";
  }

  @Override
  public boolean keepsAll() {
    return false;
  }

  @Override
  public Match match(byte[] beginning) {
    String start = new String(beginning, StandardCharsets.UTF_8);
    return start.contains("<graphml") ? Match.YES : Match.NO;
  }

  @Override
  public Sink write(OutputStream out) throws IOException {
    try {
      return new Graph(out);
    } catch (XMLStreamException e) {
      throw new IOException(e);
    }
  }

  @Override
  public Source read(InputStream in) {
    throw new UnsupportedFeatureException(
        "the form is only written: form=graphml; import an export of another form");
  }

  private static final class Graph implements Sink {
    private final XMLStreamWriter xml;

    Graph(OutputStream out) throws XMLStreamException {
      this.xml = XMLOutputFactory.newFactory().createXMLStreamWriter(out, "UTF-8");
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeStartElement("graphml");
      xml.writeDefaultNamespace(NAMESPACE);
      for (Key key : KEYS) {
        xml.writeEmptyElement("key");
        xml.writeAttribute("id", key.name());
        xml.writeAttribute("for", key.of());
        xml.writeAttribute("attr.name", key.name());
        xml.writeAttribute("attr.type", key.type());
      }
      xml.writeStartElement("graph");
      xml.writeAttribute("edgedefault", "directed");
    }

    @Override
    public void write(TransferItem item) throws IOException {
      try {
        switch (item) {
          case Entry entry -> write(entry);
          case Link link -> write(link);
          case TransferItem.Section _, TransferItem.End _ -> {}
        }
      } catch (XMLStreamException e) {
        throw new IOException(e);
      }
    }

    private void write(Entry entry) throws XMLStreamException {
      xml.writeCharacters("\n");
      xml.writeStartElement("node");
      xml.writeAttribute("id", clean(entry.id().map(RecordId::toString).orElse("")));
      data("text", entry.text().orElse(""));
      if (!entry.metadata().isEmpty()) {
        data("metadata", entry.metadata().asMap().toString());
      }
      if (entry.dates().created().isPresent()) {
        data("createdAt", entry.dates().created().get());
      }
      if (entry.node().isPresent()) {
        TransferItem.Node node = entry.node().get();
        data("accessCount", node.accessCount());
        data("importance", node.importance());
        data("pinned", node.pinned());
      }
      xml.writeEndElement();
    }

    private void write(Link link) throws XMLStreamException {
      xml.writeCharacters("\n");
      xml.writeStartElement("edge");
      xml.writeAttribute("source", clean(link.from().toString()));
      xml.writeAttribute("target", clean(link.to().toString()));
      data("relation", link.relation());
      data("weight", link.strength());
      if (link.use().isPresent()) {
        Use use = link.use().get();
        data("tier", use.tier());
        data("activations", use.activations());
      }
      xml.writeEndElement();
    }

    private void data(String key, Object value) throws XMLStreamException {
      xml.writeStartElement("data");
      xml.writeAttribute("key", key);
      xml.writeCharacters(clean(value.toString()));
      xml.writeEndElement();
    }

    private static String clean(String text) {
      StringBuilder clean = new StringBuilder(text.length());
      text.codePoints().map(c -> isAllowed(c) ? c : 0xFFFD).forEach(clean::appendCodePoint);
      return clean.toString();
    }

    private static boolean isAllowed(int c) {
      return c == '\t'
          || c == '\n'
          || c == '\r'
          || (c >= 0x20 && c <= 0xD7FF)
          || (c >= 0xE000 && c <= 0xFFFD)
          || c >= 0x10000;
    }

    @Override
    public void close() throws IOException {
      try {
        xml.writeCharacters("\n");
        xml.writeEndDocument();
        xml.flush();
        xml.close();
      } catch (XMLStreamException e) {
        throw new IOException(e);
      }
    }
  }
}
