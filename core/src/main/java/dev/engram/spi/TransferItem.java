package dev.engram.spi;

import dev.engram.CollectionConfig;
import dev.engram.CollectionInfo.Kind;
import dev.engram.Dynamics;
import dev.engram.InvalidInputException;
import dev.engram.Limits;
import dev.engram.Metadata;
import dev.engram.Provenance;
import dev.engram.RecordId;
import dev.engram.Synapse;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One thing of an export. A section says of which collection or space the entries and then the
 * links are that follow it, until the next section; an end says how much there was. A file that
 * somebody wrote by hand may have entries and links alone. Instants are kept to the millisecond.
 */
public sealed interface TransferItem {
  /** The version of sections that this code writes. */
  int VERSION = 1;

  /**
   * Begins a collection or space.
   *
   * @param version {@link #VERSION} where an export wrote it, whose file must have an {@link End};
   *     0 where it may lack one
   * @param name of the collection or space; may be empty
   * @param config how it is made
   * @param embedder what made the vectors of a space
   * @param life how a space lives
   */
  record Section(
      int version,
      String name,
      Kind kind,
      CollectionConfig config,
      Optional<EmbedderIdentity> embedder,
      Optional<Life> life)
      implements TransferItem {
    /** A section that nobody wrote. */
    public static Section unnamed(Kind kind, CollectionConfig config) {
      return new Section(0, "", kind, config, Optional.empty(), Optional.empty());
    }

    public Section {
      if (version < 0 || version > VERSION) {
        throw new InvalidInputException(
            "cannot read the export: version="
                + version
                + ", known="
                + VERSION
                + "; a newer Engram wrote it, import it with that");
      }
    }
  }

  /**
   * How a space lives.
   *
   * @param cycle how often it has slept
   */
  record Life(Dynamics dynamics, long cycle) {
    public Life {
      requireCount("cycle", cycle);
    }
  }

  /**
   * A record or a memory.
   *
   * @param id empty for one that is made
   * @param vector not to be changed
   * @param node how a memory is kept and was used
   */
  record Entry(
      Optional<RecordId> id,
      Optional<String> text,
      Optional<float[]> vector,
      Metadata metadata,
      Optional<Provenance> provenance,
      Dates dates,
      Optional<Node> node)
      implements TransferItem {
    /** An entry of a text alone. */
    public static Entry of(RecordId id, String text) {
      return new Entry(
          Optional.of(id),
          Optional.of(text),
          Optional.empty(),
          Metadata.empty(),
          Optional.empty(),
          Dates.NONE,
          Optional.empty());
    }

    public Entry withMetadata(Metadata other) {
      return new Entry(id, text, vector, other, provenance, dates, node);
    }

    public Entry withVector(Optional<float[]> other) {
      return new Entry(id, text, other, metadata, provenance, dates, node);
    }

    public Entry withDates(Dates other) {
      return new Entry(id, text, vector, metadata, provenance, other, node);
    }

    public Entry withNode(Optional<Node> other) {
      return new Entry(id, text, vector, metadata, provenance, dates, other);
    }

    /** The same, as if it were new. */
    public Entry anew() {
      Dates kept =
          new Dates(
              Optional.empty(),
              Optional.empty(),
              dates.expires(),
              dates.occurred(),
              dates.validFrom(),
              dates.validUntil());
      return new Entry(id, text, vector, metadata, provenance, kept, Optional.empty());
    }
  }

  /**
   * The dates of an entry.
   *
   * @param created when it was first stored
   * @param updated when it last changed
   * @param expires when it becomes invisible
   * @param occurred when what it tells of happened
   * @param validFrom from when on it holds
   * @param validUntil the first moment at which it does not hold any more
   */
  record Dates(
      Optional<Instant> created,
      Optional<Instant> updated,
      Optional<Instant> expires,
      Optional<Instant> occurred,
      Optional<Instant> validFrom,
      Optional<Instant> validUntil) {
    /** Nobody said anything. */
    public static final Dates NONE =
        new Dates(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    public Dates {
      Stream.of(created, updated, occurred, validFrom, validUntil)
          .flatMap(Optional::stream)
          .forEach(Limits::checkEventTime);
      expires.ifPresent(Limits::checkExpiry);
      boolean limited = validFrom.isPresent() && validUntil.isPresent();
      if (limited && !validFrom.get().isBefore(validUntil.get())) {
        throw new InvalidInputException(
            "invalid dates: validFrom="
                + validFrom.get()
                + ", validUntil="
                + validUntil.get()
                + "; give an earlier and a later");
      }
    }

    /** The same, of something that happened then. */
    public Dates occurring(Optional<Instant> instant) {
      return new Dates(created, updated, expires, instant, validFrom, validUntil);
    }
  }

  /**
   * How a memory is kept and was used.
   *
   * @param accessCount 1 after learning
   * @param lastAccessed when it was used last; empty for when it is stored
   * @param importance when it was set; what it is now, follows from the time
   * @param importanceSince when that was; empty for when it is stored
   */
  record Node(
      long accessCount,
      Optional<Instant> lastAccessed,
      double importance,
      Optional<Instant> importanceSince,
      boolean pinned) {
    /** Of a memory that is learned now. */
    public static final Node NEW = new Node(1, Optional.empty(), 1, Optional.empty(), false);

    public Node {
      requireCount("accessCount", accessCount);
      requireShare("importance", importance);
      lastAccessed.ifPresent(Limits::checkEventTime);
      importanceSince.ifPresent(Limits::checkEventTime);
    }
  }

  /**
   * A synapse.
   *
   * @param strength when it was set; what it is now, follows from time and cycles
   * @param use how it was used; empty for a new short-term synapse
   */
  record Link(RecordId from, RecordId to, String relation, double strength, Optional<Use> use)
      implements TransferItem {
    public Link {
      requireShare("strength", strength);
    }

    /** The same, as if it were new. */
    public Link anew() {
      return new Link(from, to, relation, Synapse.INITIAL_STRENGTH, Optional.empty());
    }
  }

  /**
   * How a synapse was used.
   *
   * @param strengthSince when its strength was set
   * @param cycle of the space at that time
   * @param createdAt when it was made
   * @param lastAccessed when it was last strengthened
   * @param activations times it was strengthened
   */
  record Use(
      Synapse.Tier tier,
      Instant strengthSince,
      long cycle,
      Instant createdAt,
      Instant lastAccessed,
      long activations) {
    public Use {
      requireCount("activations", activations);
      Stream.of(strengthSince, createdAt, lastAccessed).forEach(Limits::checkEventTime);
    }
  }

  /**
   * The end of an export.
   *
   * @param records entries that there were
   * @param synapses links that there were
   * @param sha256 digest of what the sections, entries and links say, in hexadecimal; the same in
   *     every form
   */
  record End(long records, long synapses, String sha256) implements TransferItem {}

  private static void requireCount(String name, long count) {
    if (count < 0) {
      throw new InvalidInputException("field=" + name + ": it is less than 0");
    }
  }

  private static void requireShare(String name, double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new InvalidInputException("field=" + name + ", value=" + share + ", allowed=0..1");
    }
  }
}
