package dev.engram.internal.transfer;

import dev.engram.CollectionConfig;
import dev.engram.CollectionInfo.Kind;
import dev.engram.Import;
import dev.engram.InvalidInputException;
import dev.engram.internal.transfer.TransferStore.Place;
import dev.engram.spi.TransferItem;
import dev.engram.spi.TransferItem.Entry;
import dev.engram.spi.TransferItem.Link;
import dev.engram.spi.TransferItem.Section;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts items where they go, in commits of bounded size. Not thread-safe. */
final class Intake {
  private static final int BATCH_ITEMS = 1_000;
  private static final long BATCH_BYTES = 4L << 20;

  private final TransferStore store;
  private final Import how;
  private final List<String> names = new ArrayList<>();
  private final List<Entry> entries = new ArrayList<>();
  private final List<Link> links = new ArrayList<>();
  private @Nullable Place place;
  private int expectedDimension;
  private long bytes;
  private long records;
  private long synapses;

  Intake(TransferStore store, Import how) {
    this.store = store;
    this.how = how;
  }

  /** What is made for vectors is made for those of this dimension, where nobody says. */
  void expect(int dimension) {
    expectedDimension = dimension;
  }

  /** Records that were stored. */
  long records() {
    return records;
  }

  /** Synapses that were stored. */
  long synapses() {
    return synapses;
  }

  /** Where they were stored. */
  List<String> names() {
    return names;
  }

  /** What a failure has to say. */
  String stays() {
    return records + synapses == 0
        ? "; nothing was imported"
        : "; what was imported before stays: records=" + records + ", synapses=" + synapses;
  }

  void take(TransferItem item) {
    switch (item) {
      case Section section -> begin(section);
      case Entry entry -> add(entry);
      case Link link -> add(link);
      case TransferItem.End _ -> flush();
    }
  }

  /** Stores what was gathered. */
  void flush() {
    Place current = place;
    if (current == null) {
      return;
    }
    if (!entries.isEmpty()) {
      records += current.put(entries);
      entries.clear();
    }
    if (!links.isEmpty()) {
      synapses += current.link(links);
      links.clear();
    }
    bytes = 0;
  }

  private void begin(Section given) {
    flush();
    Section section = shaped(given);
    how.kind().ifPresent(kind -> requireKind(section, kind));
    String name = how.name().orElse(section.name());
    if (name.isEmpty()) {
      throw nameless();
    }
    names.add(name);
    place = store.place(name, section, how);
  }

  /** A file of another program has no kind of its own. */
  private Section shaped(Section given) {
    boolean foreign = given.version() == 0 && given.name().isEmpty();
    return foreign && how.kind().filter(kind -> kind == Kind.COLLECTION).isPresent()
        ? Section.unnamed(Kind.COLLECTION, given.config())
        : given;
  }

  private static void requireKind(Section section, Kind wanted) {
    if (section.kind() != wanted) {
      throw new InvalidInputException(
          "the import is of another kind: kind="
              + section.kind()
              + ", wanted="
              + wanted
              + "; import it "
              + (wanted == Kind.SPACE ? "into a --collection" : "into a space"));
    }
  }

  private void add(Entry entry) {
    if (place == null) {
      begin(handmade(entry));
    }
    if (!links.isEmpty()) {
      flush();
    }
    entries.add(how.isAnew() ? entry.anew() : entry);
    bytes += bytes(entry);
    if (entries.size() == BATCH_ITEMS || bytes >= BATCH_BYTES) {
      flush();
    }
  }

  private void add(Link link) {
    if (place == null) {
      begin(Section.unnamed(Kind.SPACE, CollectionConfig.textOnly()));
    }
    if (!entries.isEmpty()) {
      flush();
    }
    links.add(how.isAnew() ? link.anew() : link);
    if (links.size() == BATCH_ITEMS) {
      flush();
    }
  }

  /** Of a file that does not say what it is of. */
  private Section handmade(Entry first) {
    Kind kind = how.kind().orElseThrow(Intake::nameless);
    int dimension = first.vector().map(vector -> vector.length).orElse(expectedDimension);
    boolean vectors = kind == Kind.COLLECTION && dimension > 0;
    return Section.unnamed(
        kind, vectors ? CollectionConfig.ofDimension(dimension) : CollectionConfig.textOnly());
  }

  private static InvalidInputException nameless() {
    return new InvalidInputException(
        "the import does not say what it is of; name the collection or the space that it goes"
            + " into");
  }

  /** About what an entry takes in memory. */
  static long bytes(Entry entry) {
    return 64
        + entry.metadata().encodedBytes()
        + entry.text().map(String::length).orElse(0)
        + 4L * entry.vector().map(vector -> vector.length).orElse(0);
  }
}
