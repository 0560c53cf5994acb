package dev.engram.internal.engine;

import dev.engram.Forgetting;
import dev.engram.Synapse.Tier;
import dev.engram.internal.format.CollectionLayout;
import dev.engram.internal.format.ConceptLayout;
import dev.engram.internal.format.ConceptLayout.Concept;
import dev.engram.internal.format.CounterKind;
import dev.engram.internal.format.Digest;
import dev.engram.internal.format.EmptyRow;
import dev.engram.internal.format.ForgettingLayout;
import dev.engram.internal.format.IdLayout;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.NameLayout;
import dev.engram.internal.format.NumberLayout;
import dev.engram.internal.format.OperationLayout;
import dev.engram.internal.format.PointerLayout;
import dev.engram.internal.format.PointerLayout.Pointer;
import dev.engram.internal.format.RecordLayout;
import dev.engram.internal.format.RecordLayout.Row;
import dev.engram.internal.format.SynapseLayout;
import dev.engram.internal.format.SynapseLayout.Edge;
import dev.engram.internal.format.TombstoneLayout;
import dev.engram.internal.format.WorkingLayout;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.LogSnapshot;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What must hold of each row and of the rows that it speaks of, in one state. Each check returns
 * what is wrong, or an empty text; damaged bytes throw.
 */
final class RowChecks {
  private static final String FINE = "";

  /** A content row with a longer key is that of a further memory of the text. */
  private static final int CONTENT_KEY_BYTES = 4 + Digest.KEY_BYTES;

  private final LogSnapshot rows;
  private final PairSums ids = new PairSums();
  private final VectorChecks vectors;

  /** What many rows ask for, by its key. */
  private final Map<Integer, Optional<CollectionLayout.Descriptor>> descriptors = new HashMap<>();

  private final Map<Long, Long> counters = new HashMap<>();

  /**
   * @param later takes what is found wrong with a record, named by its key, only when others are
   *     looked at
   */
  RowChecks(LogSnapshot rows, BiConsumer<String, byte[]> later) {
    this.rows = rows;
    this.vectors = new VectorChecks(rows, this::dimension, later);
  }

  String config(byte[] key, byte[] value) {
    if (key[0] == Keys.descriptors()[0]) {
      String name = CollectionLayout.decode(key, value).name();
      byte[] nameKey = Keys.name(name);
      byte[] row = rows.get(Family.CONFIG, nameKey);
      boolean leadsBack =
          row != null && NameLayout.decode(nameKey, row).collection() == Keys.intAt(key, 1);
      return leadsBack ? FINE : "no name leads to a collection";
    }
    NameLayout.Name name = NameLayout.decode(key, value);
    return rows.get(Family.CONFIG, Keys.descriptor(name.collection())) != null
        ? FINE
        : "a name leads nowhere";
  }

  String record(byte[] key, byte[] value) {
    Row row = RecordLayout.decode(key, value);
    if (descriptor(Keys.intAt(key, 0)).isEmpty()) {
      return "a record belongs to no collection";
    }
    ids.add(idKey(key, row), key);
    if (Keys.intAt(key, 8) >= counter(key, CounterKind.ORDINALS)) {
      return "an ordinal is above its counter";
    }
    if (row.expiresAt() != 0
        && rows.get(Family.EXPIRY, Keys.expiry(row.expiresAt(), key)) == null) {
      return "an expiry is not listed";
    }
    if (row.hasVector()) {
      vectors.expect(key);
    }
    return row.node() == Records.NO_NODE ? FINE : memory(key, row);
  }

  /** Whether an id leads to a record; {@link #areIdsEven} says where that must be asked. */
  String hasId(byte[] key, byte[] value) {
    byte[] idKey = idKey(key, RecordLayout.decode(key, value));
    byte[] pointer = rows.get(Family.IDS, idKey);
    boolean found = pointer != null && leadsTo(PointerLayout.decode(idKey, pointer), key);
    return found ? FINE : "no id leads to a record";
  }

  private static byte[] idKey(byte[] recordKey, Row row) {
    return Keys.digest(Keys.intAt(recordKey, 0), IdLayout.digest(row.id()));
  }

  String id(byte[] key, byte[] value) {
    ids.remove(key, PointerLayout.decode(key, value).recordKey(Keys.intAt(key, 0)));
    return FINE;
  }

  /** Whether an id leads to its record; {@link #areIdsEven} says where that must be asked. */
  String leadsToItsRecord(byte[] key, byte[] value) {
    Row row = row(PointerLayout.decode(key, value).recordKey(Keys.intAt(key, 0)));
    boolean same = row != null && sameDigest(key, IdLayout.digest(row.id()));
    return same ? FINE : "an id leads to another record or nowhere";
  }

  /** Whether ids lead to records, and all of them; all of both have been checked. */
  boolean areIdsEven() {
    return ids.areEven();
  }

  /** Checks what was put off for doing it together. */
  void flush() {
    vectors.flush();
  }

  String content(byte[] key, byte[] value) {
    int space = Keys.intAt(key, 0);
    byte[] recordKey;
    if (key.length > CONTENT_KEY_BYTES) {
      EmptyRow.check(key, value, "content row");
      recordKey = Keys.record(space, Keys.intAt(key, 20), Keys.intAt(key, 24));
    } else {
      recordKey = PointerLayout.decode(key, value).recordKey(space);
    }
    Row row = row(recordKey);
    byte[] own = row == null ? null : contentKey(key, row);
    boolean same = own != null && Arrays.equals(key, 0, own.length, own, 0, own.length);
    return same ? FINE : "a content digest leads to another text or nowhere";
  }

  String concept(byte[] key, byte[] value) {
    Concept concept = ConceptLayout.decode(key, value);
    Row row = row(Keys.record(Keys.intAt(key, 0), concept.epoch(), concept.ordinal()));
    if (row == null || row.node() != Keys.intAt(key, 4)) {
      return "a node leads to another memory or nowhere";
    }
    return row.node() < counter(key, CounterKind.NODES) ? FINE : "a node is above its counter";
  }

  String shortTerm(byte[] key, byte[] value) {
    return rows.get(Family.LONG_TERM, key) == null
        ? edge(key, value, Tier.SHORT_TERM)
        : "a synapse is in both tiers";
  }

  String longTerm(byte[] key, byte[] value) {
    return edge(key, value, Tier.LONG_TERM);
  }

  String reverse(byte[] key, byte[] value) {
    Edge reverse = SynapseLayout.decode(key, value);
    byte[] forward = Synapses.reversed(key);
    byte[] row = rows.get(Synapses.family(reverse.tier()), forward);
    return row != null && SynapseLayout.decode(forward, row).equals(reverse)
        ? FINE
        : "a reverse synapse has no synapse, or another one";
  }

  String forgotten(byte[] key, byte[] value) {
    return switch (Keys.kindWithin(key)) {
      case Keys.FORGETTING_KIND -> forgetting(ForgettingLayout.decode(key, value));
      case Keys.TOMBSTONE_KIND -> tombstone(key, TombstoneLayout.decode(key, value));
      case Keys.PRUNED_KIND, Keys.CUT_KIND -> removed(key, SynapseLayout.decode(key, value));
      default -> "it is not known what was forgotten";
    };
  }

  private static String forgetting(Forgetting forgetting) {
    return forgetting.memories() >= 0 ? FINE : "it forgot less than nothing";
  }

  private static String tombstone(byte[] key, TombstoneLayout.Tombstone tombstone) {
    Row row = RecordLayout.decode(tombstone.recordKey(), tombstone.record());
    return row.node() == Keys.intAt(key, key.length - 4) ? FINE : "a tombstone is another memory's";
  }

  private static String removed(byte[] key, Edge edge) {
    return Digest.longOf(edge.relation()) == Keys.longAt(Keys.edgeOfRemoved(key), 12)
        ? FINE
        : "a removed synapse is keyed by another relation";
  }

  String operation(byte[] key, byte[] value) {
    return OperationLayout.decode(key, value).at() > 0 ? FINE : "a recall has no time";
  }

  String history(byte[] key, byte[] value) {
    return switch (Keys.kindWithin(key)) {
      case Keys.VERSION_KIND -> version(key, RecordLayout.decode(key, value));
      case Keys.VERSION_AGE_KIND -> versionAge(key, value);
      case Keys.UNLINKED_KIND -> unlinked(key, SynapseLayout.decode(key, value));
      case Keys.HISTORY_START_KIND ->
          NumberLayout.decode(key, value, 1).length == 1 ? FINE : "a history has no beginning";
      default -> "it is not known what was before";
    };
  }

  private static String version(byte[] key, Row row) {
    long until = Keys.versionUntil(key);
    byte[] own = Keys.version(Keys.intAt(key, 0), IdLayout.digest(row.id()), until);
    return Arrays.equals(key, own) && row.updatedAt() < until
        ? FINE
        : "a version is another memory's";
  }

  private String versionAge(byte[] key, byte[] value) {
    EmptyRow.check(key, value, "history row");
    return rows.get(Family.HISTORY, Keys.versionOfAge(key)) != null
        ? FINE
        : "a time leads to no version";
  }

  private static String unlinked(byte[] key, Edge edge) {
    return edge.createdAt() < Keys.historyTime(key) ? FINE : "a synapse went before it came";
  }

  String working(byte[] key, byte[] value) {
    WorkingLayout.Held held = WorkingLayout.decode(key, value);
    return held.accesses() > 0 ? FINE : "working memory holds what was never used";
  }

  /** The rows of a dropped collection stay here until their time. */
  String expiry(byte[] key, byte[] value) {
    EmptyRow.check(key, value, "expiry row");
    byte[] recordKey = Arrays.copyOfRange(key, 8, key.length);
    if (descriptor(Keys.intAt(recordKey, 0)).isEmpty()) {
      return FINE;
    }
    Row row = row(recordKey);
    return row != null && row.expiresAt() == Keys.longAt(key, 0)
        ? FINE
        : "an expiry leads to another record or nowhere";
  }

  String pending(byte[] key, byte[] value) {
    EmptyRow.check(key, value, "pending row");
    Row row = row(key);
    return row != null && !row.hasVector() ? FINE : "a memory waits for a vector that it has";
  }

  String idempotency(byte[] key, byte[] value) {
    if (key[0] == Keys.idempotencyAges()[0]) {
      return rows.get(Family.IDEMPOTENCY, Keys.idempotencyOfAge(key)) != null
          ? FINE
          : "an idempotency key has no commit";
    }
    return NumberLayout.decode(key, value, 3)[1] > 0 ? FINE : "an idempotency key has no commit";
  }

  private String memory(byte[] key, Row row) {
    byte[] nodeKey = Keys.node(Keys.intAt(key, 0), row.node());
    byte[] concept = rows.get(Family.CONCEPTS, nodeKey);
    if (concept == null || ConceptLayout.decode(nodeKey, concept).ordinal() != Keys.intAt(key, 8)) {
      return "no node leads to a memory";
    }
    if (!held(key, row)) {
      return "no content row leads to a memory";
    }
    if (!row.hasVector() && rows.get(Family.PENDING, key) == null) {
      return "a memory without a vector does not wait for one";
    }
    return FINE;
  }

  private boolean held(byte[] key, Row row) {
    byte[] contentKey = contentKey(key, row);
    if (contentKey == null) {
      return false;
    }
    byte[] pointer = rows.get(Family.CONTENT, contentKey);
    byte[] behind = Keys.contentHolder(contentKey, Keys.intAt(key, 4), Keys.intAt(key, 8));
    return (pointer != null && leadsTo(PointerLayout.decode(contentKey, pointer), key))
        || rows.get(Family.CONTENT, behind) != null
        || row.expiresAt() != 0;
  }

  private static byte @Nullable [] contentKey(byte[] key, Row row) {
    String text = row.text();
    return text == null ? null : ContentText.key(Keys.intAt(key, 0), text, row.metadata());
  }

  private String edge(byte[] key, byte[] value, Tier tier) {
    Edge edge = SynapseLayout.decode(key, value);
    if (edge.tier() != tier) {
      return "a synapse is in the other tier";
    }
    if (!(edge.weight() >= 0 && edge.weight() <= 1)) {
      return "a weight is outside 0 to 1";
    }
    if (Digest.longOf(edge.relation()) != Keys.longAt(key, 12)) {
      return "a synapse is keyed by another relation";
    }
    if (rows.get(Family.REVERSE, Synapses.reversed(key)) == null) {
      return "a synapse has no reverse";
    }
    int space = Keys.intAt(key, 0);
    boolean bothThere =
        rows.get(Family.CONCEPTS, Keys.node(space, Keys.intAt(key, 4))) != null
            && rows.get(Family.CONCEPTS, Keys.node(space, Keys.intAt(key, 8))) != null;
    return bothThere ? FINE : "a synapse leads nowhere";
  }

  private @Nullable Row row(byte[] recordKey) {
    byte[] value = rows.get(Family.RECORDS, recordKey);
    return value == null ? null : RecordLayout.decode(recordKey, value);
  }

  private int dimension(int collection) {
    return descriptor(collection).map(CollectionLayout.Descriptor::dimension).orElse(0);
  }

  private Optional<CollectionLayout.Descriptor> descriptor(int collection) {
    return descriptors.computeIfAbsent(
        collection,
        number -> {
          byte[] key = Keys.descriptor(number);
          byte[] value = rows.get(Family.CONFIG, key);
          return Optional.ofNullable(value).map(row -> CollectionLayout.decode(key, row));
        });
  }

  private long counter(byte[] key, int which) {
    int collection = Keys.intAt(key, 0);
    return counters.computeIfAbsent(
        (long) collection << Byte.SIZE | which,
        _ -> {
          byte[] counterKey = Keys.counter(collection, which);
          byte[] value = rows.get(Family.META, counterKey);
          return value == null ? 0 : NumberLayout.decode(counterKey, value, 1)[0];
        });
  }

  private static boolean leadsTo(Pointer pointer, byte[] recordKey) {
    return Arrays.equals(pointer.recordKey(Keys.intAt(recordKey, 0)), recordKey);
  }

  private static boolean sameDigest(byte[] key, byte[] digest) {
    return Arrays.equals(key, 4, 4 + digest.length, digest, 0, digest.length);
  }
}
