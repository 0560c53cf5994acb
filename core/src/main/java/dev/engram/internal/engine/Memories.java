package dev.engram.internal.engine;

import dev.engram.AutoRelation;
import dev.engram.CorruptStoreException;
import dev.engram.Dynamics;
import dev.engram.InvalidInputException;
import dev.engram.Learning;
import dev.engram.Memory;
import dev.engram.Metadata;
import dev.engram.MetadataPatch;
import dev.engram.MismatchException;
import dev.engram.NearDuplicates.Action;
import dev.engram.NotFoundException;
import dev.engram.RecordId;
import dev.engram.Synapse;
import dev.engram.UnavailableException;
import dev.engram.internal.engine.Recognition.How;
import dev.engram.internal.engine.Recognition.Known;
import dev.engram.internal.engine.Records.Content;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.engine.Synapses.Found;
import dev.engram.internal.format.ConceptLayout;
import dev.engram.internal.format.ConceptLayout.Concept;
import dev.engram.internal.format.CounterKind;
import dev.engram.internal.format.EmptyRow;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.PointerLayout;
import dev.engram.internal.format.PointerLayout.Pointer;
import dev.engram.internal.format.RecordLayout.Row;
import dev.engram.internal.format.Times;
import dev.engram.internal.graph.Importance;
import dev.engram.internal.graph.Plasticity;
import dev.engram.internal.log.Family;
import dev.engram.spi.Embedder;
import dev.engram.spi.EmbedderIdentity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Memories as rows: a record each, with a node number that stays when the text changes; a row of
 * {@code concepts} under the node; a row of {@code content} that finds an exact duplicate; and a
 * row of {@code pending} while it has no vector. Works inside one transaction; not thread-safe.
 */
final class Memories {
  private final Session session;
  private final Tx tx;
  private final Records records;

  Memories(Session session) {
    this.session = session;
    this.tx = session.tx();
    this.records = new Records(session);
  }

  /** Learns; the vectors of all that are new are made in one call of the embedder. */
  List<Memory> learn(String spaceName, List<Learning> learnings) {
    learnings.forEach(l -> checkText(l.text()));
    CatalogEntry space = embeddable(session.space(spaceName));
    List<byte[]> contentKeys =
        learnings.stream().map(each -> contentKey(space, each.text(), each.metadata())).toList();
    if (learnings.size() > 1) {
      readAhead(space, learnings, contentKeys);
    }
    List<float[]> vectors = embedOrWait(space, learnings.stream().map(Learning::text).toList());
    List<Memory> memories = new ArrayList<>(learnings.size());
    for (int i = 0; i < learnings.size(); i++) {
      float[] vector = vectors.isEmpty() ? null : vectors.get(i);
      memories.add(learn(space, learnings.get(i), contentKeys.get(i), vector));
    }
    return memories;
  }

  private void readAhead(CatalogEntry space, List<Learning> learnings, List<byte[]> contentKeys) {
    List<byte[]> ids =
        learnings.stream()
            .flatMap(each -> each.id().stream())
            .map(id -> Records.idKey(space, id))
            .toList();
    tx.readAhead(Family.IDS, ids);
    tx.readAhead(Family.CONTENT, contentKeys);
  }

  @Nullable Memory get(CatalogEntry space, RecordId id) {
    Stored stored = records.find(space, id);
    return stored == null ? null : memory(space, stored);
  }

  /** Replaces the text and keeps id, metadata, node and synapses. */
  boolean update(String spaceName, RecordId id, String text) {
    checkText(text);
    CatalogEntry space = embeddable(session.space(spaceName));
    Stored old = records.find(space, id);
    if (old == null) {
      return false;
    }
    List<float[]> vectors = embedOrWait(space, List.of(text));
    replace(space, old, text, old.row().metadata(), vectors.isEmpty() ? null : vectors.getFirst());
    return true;
  }

  boolean update(CatalogEntry space, RecordId id, MetadataPatch patch) {
    Stored old = records.find(space, id);
    if (old == null) {
      return false;
    }
    pointAnew(space, old, records.patch(space, old, patch.applyTo(old.row().metadata())));
    return true;
  }

  boolean forget(CatalogEntry space, RecordId id) {
    Stored old = records.find(space, id);
    if (old == null) {
      return false;
    }
    erase(space, old);
    return true;
  }

  /** Deletes a memory, visible or expired, for good: the history keeps nothing of it. */
  void erase(CatalogEntry space, Stored old) {
    remove(space, old);
    new History(session, space).erase(old.row().id());
  }

  /** Deletes a memory with everything that hangs on it; the history keeps what it said. */
  void remove(CatalogEntry space, Stored old) {
    records.delete(space, old);
    forgetContent(space, old);
    tx.delete(Family.PENDING, old.key());
    byte[] node = Keys.node(space.number(), old.row().node());
    tx.claim(Family.CONCEPTS, node);
    tx.delete(Family.CONCEPTS, node);
    List<Found> removed = new Synapses(session, space).removeAll(old.row().node());
    new Superseding(session, space).gone(old.row().node(), removed);
    session.state(space).working().remove(old.row().node());
  }

  /** The memory of a row. */
  Memory memory(CatalogEntry space, Stored stored) {
    Concept concept = concept(space, stored.row().node());
    var row = stored.row();
    return new Memory(
        row.id(),
        Objects.requireNonNull(row.text()),
        row.metadata(),
        Optional.ofNullable(row.provenance()),
        Instant.ofEpochMilli(row.createdAt()),
        Instant.ofEpochMilli(row.updatedAt()),
        row.expiresAt() == 0
            ? Optional.empty()
            : Optional.of(Instant.ofEpochMilli(row.expiresAt())),
        instant(row.times().occurredAt()),
        instant(row.times().validFrom()),
        instant(row.times().validUntil()),
        concept.accessCount(),
        Instant.ofEpochMilli(concept.lastAccessed()),
        importance(space, concept),
        concept.pinned());
  }

  /** Changes how a memory is kept. */
  Memory keep(CatalogEntry space, RecordId id, UnaryOperator<Concept> change) {
    Stored stored = require(space, id);
    tx.rely(Family.CONFIG, space.key());
    tx.rely(Family.IDS, Records.idKey(space, id));
    int node = stored.row().node();
    putConcept(space, node, change.apply(concept(space, node)));
    return memory(space, stored);
  }

  /** Pins or unpins a memory, whose importance goes on from what it is now. */
  Memory pin(CatalogEntry space, RecordId id, boolean pinned) {
    return keep(space, id, c -> c.important(importance(space, c), tx.now()).pinned(pinned));
  }

  /** Sets the importance of a memory. */
  Memory importance(CatalogEntry space, RecordId id, double importance) {
    if (!(importance >= 0 && importance <= 1)) {
      throw new InvalidInputException(
          "invalid importance: importance=" + importance + ", allowed=0..1");
    }
    return keep(space, id, c -> c.important(importance, tx.now()));
  }

  /** A memory holds no longer than that; it may have held shorter already. */
  Memory endValidity(CatalogEntry space, RecordId id, long millis) {
    Stored old = require(space, id);
    Times times = old.row().times();
    if (times.validFrom() != Times.UNKNOWN && millis <= times.validFrom()) {
      throw new InvalidInputException(
          "invalid time: validUntil="
              + Instant.ofEpochMilli(millis)
              + ", validFrom="
              + Instant.ofEpochMilli(times.validFrom())
              + "; a memory holds for some time");
    }
    boolean shorter = times.validUntil() != Times.UNKNOWN && times.validUntil() <= millis;
    return memory(space, shorter ? old : records.during(space, old, times.until(millis)));
  }

  /** Brings back a memory as it was, with its node; it has no synapses. */
  void restore(CatalogEntry space, Row row, float @Nullable [] vector, Concept concept) {
    Stored stored = records.restore(space, row, vector);
    putConcept(space, row.node(), concept.at(stored.epoch(), stored.ordinal()));
    byte[] contentKey = contentKey(space, stored);
    tx.claim(Family.CONTENT, contentKey);
    pointContent(space, contentKey, stored);
    notePending(stored);
  }

  /** The visible memory of an id, if there is one. */
  @Nullable Stored find(CatalogEntry space, RecordId id) {
    return records.find(space, id);
  }

  /** The visible memory of an id. */
  Stored require(CatalogEntry space, RecordId id) {
    Stored stored = records.find(space, id);
    if (stored == null) {
      throw new NotFoundException(
          "there is no such memory: space="
              + space.descriptor().name()
              + ", id="
              + shown(id)
              + "; learn it first");
    }
    return stored;
  }

  private static String shown(RecordId id) {
    String text = id.toString();
    return text.length() <= 100 ? text : text.substring(0, 100) + "...";
  }

  /** The visible memories of some ids, by id, in their order. */
  Map<RecordId, Stored> requireAll(CatalogEntry space, Collection<RecordId> ids) {
    if (ids.size() > 1) {
      readAhead(space, ids);
    }
    Map<RecordId, Stored> found = LinkedHashMap.newLinkedHashMap(ids.size());
    ids.forEach(id -> found.put(id, require(space, id)));
    return found;
  }

  /** Reads ahead what {@link #find} will be asked for. */
  void readAhead(CatalogEntry space, Collection<RecordId> ids) {
    List<byte[]> idKeys = ids.stream().map(id -> Records.idKey(space, id)).toList();
    tx.readAhead(Family.IDS, idKeys);
    List<byte[]> recordKeys = new ArrayList<>(idKeys.size());
    for (byte[] idKey : idKeys) {
      byte[] pointer = tx.get(Family.IDS, idKey);
      if (pointer != null) {
        recordKeys.add(PointerLayout.decode(idKey, pointer).recordKey(space.number()));
      }
    }
    tx.readAhead(Family.RECORDS, recordKeys);
  }

  /** Counts one more use of a memory, by which it also becomes more important. */
  void countAccess(CatalogEntry space, Stored memory) {
    int node = memory.row().node();
    Concept used = concept(space, node).accessed(tx.now());
    Dynamics dynamics = session.state(space).dynamics();
    double importance = Plasticity.potentiate(importance(space, used), dynamics.learningRate());
    putConcept(space, node, used.important(importance, tx.now()));
  }

  /** Counts recalls of a memory, if it is still there. */
  void countRecalls(CatalogEntry space, RecordId id, long times, long lastMillis) {
    Stored stored = records.find(space, id);
    if (stored != null) {
      tx.rely(Family.CONFIG, space.key());
      int node = stored.row().node();
      putConcept(space, node, concept(space, node).accessed(lastMillis, times));
    }
  }

  /** How important a memory is now. */
  double importance(CatalogEntry space, Concept concept) {
    Dynamics dynamics = session.state(space).dynamics();
    return concept.pinned()
        ? concept.importance()
        : Importance.at(
            concept.importance(),
            tx.now() - concept.importanceSince(),
            dynamics.importanceHalfLife().toMillis(),
            dynamics.importanceFloor());
  }

  /** Gives vectors to memories that have none; those that are gone meanwhile are left out. */
  int embed(String spaceName, List<byte[]> recordKeys) {
    CatalogEntry space = embeddable(session.space(spaceName));
    List<Stored> waiting = new ArrayList<>();
    for (byte[] key : recordKeys) {
      Stored stored = records.at(key);
      if (stored != null && !stored.row().hasVector()) {
        waiting.add(stored);
      } else {
        tx.delete(Family.PENDING, key);
      }
    }
    List<float[]> vectors =
        embed(space, waiting.stream().map(s -> Objects.requireNonNull(s.row().text())).toList());
    for (int i = 0; i < vectors.size(); i++) {
      Stored old = waiting.get(i);
      replace(
          space,
          old,
          Objects.requireNonNull(old.row().text()),
          old.row().metadata(),
          vectors.get(i));
    }
    return vectors.size();
  }

  private Memory learn(
      CatalogEntry space, Learning learning, byte[] contentKey, float @Nullable [] vector) {
    RecordId given = learning.id().orElse(null);
    Stored named = given == null ? null : records.find(space, given);
    if (named != null) {
      return relearn(space, named, learning, vector);
    }
    tx.claim(Family.CONTENT, contentKey);
    Stored duplicate = learning.duplicatesAllowed() ? null : same(space, contentKey, learning);
    Known known =
        new Recognition(session, space).find(learning, vector, duplicate, holding(learning));
    if (known == null) {
      return memory(space, learnNew(space, learning, contentKey, vector));
    }
    if (known.how() == How.RECALLED) {
      return comeBack(space, known.memory());
    }
    if (known.how() == How.SIMILAR && learning.nearDuplicates().action() == Action.LINK) {
      Stored fresh = learnNew(space, learning, contentKey, vector);
      Relations relations = new Relations(session, space);
      relations.join(fresh, known.memory(), Synapse.SIMILAR_TO, known.similarity());
      return memory(space, fresh);
    }
    return meetAgain(space, known.memory(), learning);
  }

  /** What was recalled is no news: the memory stays as it is, and the loop is counted. */
  private Memory comeBack(CatalogEntry space, Stored recalled) {
    tx.rely(Family.CONFIG, space.key());
    tx.rely(Family.IDS, Records.idKey(space, recalled.row().id()));
    new MemoryNotes(session, space).countLoop(recalled.row().node());
    return memory(space, recalled);
  }

  private Stored learnNew(
      CatalogEntry space, Learning learning, byte[] contentKey, float @Nullable [] vector) {
    RecordId id = learning.id().orElseGet(() -> session.store().newId(tx.now()));
    Stored expired = records.load(space, Records.idKey(space, id));
    if (expired != null) {
      erase(space, expired);
    }
    int node = session.store().nodes().take(space.number());
    tx.raise(space.number(), CounterKind.NODES, node + 1L);
    long expiresAt = records.expiry(space, null, learning.timeToLive().orElse(null));
    Stored stored =
        records.put(
            space,
            new Content(
                id,
                learning.text(),
                vector,
                learning.metadata(),
                learning.provenance().orElse(null),
                expiresAt,
                node,
                times(learning)));
    putConcept(
        space,
        node,
        new Concept(
            stored.epoch(), stored.ordinal(), tx.now(), 1, learning.importance(), tx.now(), false));
    session.state(space).working().use(node);
    pointContent(space, contentKey, stored);
    notePending(stored);
    relate(space, learning, stored, vector);
    return stored;
  }

  private void relate(
      CatalogEntry space, Learning learning, Stored fresh, float @Nullable [] vector) {
    SpaceState state = session.state(space);
    Set<AutoRelation> wanted = learning.relations().orElseGet(() -> state.dynamics().relations());
    if (!wanted.isEmpty()) {
      new Relations(session, space).relate(fresh, vector, wanted);
    }
    state.newcomers().add(fresh.key());
  }

  /** The id is there: text, metadata and provenance are replaced, and the memory was used. */
  private Memory relearn(
      CatalogEntry space, Stored old, Learning learning, float @Nullable [] vector) {
    long expiresAt = records.expiry(space, null, learning.timeToLive().orElse(null));
    Content content =
        new Content(
            old.row().id(),
            learning.text(),
            vector,
            learning.metadata(),
            learning.provenance().orElse(null),
            expiresAt,
            old.row().node(),
            times(learning));
    Stored stored = exchange(space, old, content);
    new Associations(session, space).access(stored);
    return memory(space, stored);
  }

  private void replace(
      CatalogEntry space, Stored old, String text, Metadata metadata, float @Nullable [] vector) {
    Content content =
        new Content(
            old.row().id(),
            text,
            vector,
            metadata,
            old.row().provenance(),
            old.row().expiresAt(),
            old.row().node(),
            old.row().times());
    Stored _ = exchange(space, old, content);
  }

  private Stored exchange(CatalogEntry space, Stored old, Content content) {
    Stored stored = records.put(space, content);
    if (stored.ordinal() != old.ordinal()) {
      session.state(space).newcomers().add(stored.key());
      tx.delete(Family.PENDING, old.key());
      Concept concept = concept(space, old.row().node());
      putConcept(space, old.row().node(), concept.at(stored.epoch(), stored.ordinal()));
      notePending(stored);
    }
    pointAnew(space, old, stored);
    return stored;
  }

  /** A memory may be elsewhere, say something else, or be somebody else's than before. */
  private void pointAnew(CatalogEntry space, Stored old, Stored stored) {
    byte[] contentKey = contentKey(space, stored);
    boolean moved = stored.ordinal() != old.ordinal();
    if (moved || !Arrays.equals(contentKey, contentKey(space, old))) {
      forgetContent(space, old);
      tx.claim(Family.CONTENT, contentKey);
      pointContent(space, contentKey, stored);
    }
  }

  /** Of two times to live the longer one counts. */
  private Memory meetAgain(CatalogEntry space, Stored stored, Learning learning) {
    tx.rely(Family.CONFIG, space.key());
    tx.rely(Family.IDS, Records.idKey(space, stored.row().id()));
    new Associations(session, space).access(stored);
    long expiresAt = records.expiry(space, null, learning.timeToLive().orElse(null));
    long before = stored.row().expiresAt();
    boolean longer = before != 0 && (expiresAt == 0 || expiresAt > before);
    return memory(space, longer ? records.expireAt(space, stored, expiresAt) : stored);
  }

  private static Times times(Learning learning) {
    return new Times(
        millis(learning.occurredAt()), millis(learning.validFrom()), millis(learning.validUntil()));
  }

  private static long millis(Optional<Instant> instant) {
    return instant.map(Instant::toEpochMilli).orElse(Times.UNKNOWN);
  }

  /** A time of what a memory tells of. */
  static Optional<Instant> instant(long millis) {
    return millis == Times.UNKNOWN ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }

  /** The node of a memory that is there. */
  Concept concept(CatalogEntry space, int node) {
    Concept concept = new Nodes(session, space).concept(node);
    if (concept == null) {
      throw new CorruptStoreException(
          "a memory lacks its node: space="
              + space.number()
              + ", node="
              + node
              + "; run 'engram check'");
    }
    return concept;
  }

  private void putConcept(CatalogEntry space, int node, Concept concept) {
    byte[] key = Keys.node(space.number(), node);
    tx.claim(Family.CONCEPTS, key);
    tx.put(Family.CONCEPTS, key, ConceptLayout.encode(key, concept));
  }

  private void notePending(Stored stored) {
    if (!stored.row().hasVector()) {
      tx.put(Family.PENDING, stored.key(), EmptyRow.encode(stored.key()));
    }
  }

  private static byte[] contentKey(CatalogEntry space, String text, Metadata metadata) {
    return ContentText.key(space.number(), text, metadata);
  }

  private static byte[] contentKey(CatalogEntry space, Stored stored) {
    return contentKey(space, Objects.requireNonNull(stored.row().text()), stored.row().metadata());
  }

  /** The memory that says the same and holds as what is learned: now, if that was not said. */
  private @Nullable Stored same(CatalogEntry space, byte[] contentKey, Learning learning) {
    Predicate<Stored> holds = holding(learning);
    Stored first = contentOf(space, contentKey);
    return first == null || holds.test(first) ? first : behind(space, contentKey, holds);
  }

  /** Which memories hold when what is learned does: now, if that was not said. */
  private Predicate<Stored> holding(Learning learning) {
    Times times = times(learning);
    return times.isLimited()
        ? stored -> stored.row().times().equals(times)
        : stored -> stored.row().times().holdsAt(tx.now());
  }

  /** The first visible memory of a content. */
  private @Nullable Stored contentOf(CatalogEntry space, byte[] contentKey) {
    byte[] value = tx.get(Family.CONTENT, contentKey);
    if (value == null) {
      return null;
    }
    Stored first = records.at(PointerLayout.decode(contentKey, value).recordKey(space.number()));
    // The first one may have expired, and not be swept yet.
    return first != null ? first : behind(space, contentKey, _ -> true);
  }

  /** A visible one of the further memories of a content. */
  private @Nullable Stored behind(CatalogEntry space, byte[] contentKey, Predicate<Stored> wanted) {
    AtomicReference<@Nullable Stored> found = new AtomicReference<>();
    tx.scan(
        Family.CONTENT,
        Arrays.copyOf(contentKey, contentKey.length + 1),
        contentKey,
        (key, value) -> {
          int at = contentKey.length;
          Pointer behind = new Pointer(Keys.intAt(key, at), Keys.intAt(key, at + 4));
          Stored stored = records.at(behind.recordKey(space.number()));
          found.set(stored != null && wanted.test(stored) ? stored : null);
          return found.get() == null;
        });
    return found.get();
  }

  /** The first memory of a text has the content row; further ones have rows behind it. */
  private void pointContent(CatalogEntry space, byte[] contentKey, Stored stored) {
    Stored holder = contentOf(space, contentKey);
    if (holder == null) {
      point(contentKey, stored.epoch(), stored.ordinal());
    } else if (holder.ordinal() != stored.ordinal()) {
      byte[] behind = Keys.contentHolder(contentKey, stored.epoch(), stored.ordinal());
      tx.put(Family.CONTENT, behind, EmptyRow.encode(behind));
    }
  }

  private void forgetContent(CatalogEntry space, Stored old) {
    byte[] key = contentKey(space, old);
    tx.claim(Family.CONTENT, key);
    byte[] value = tx.get(Family.CONTENT, key);
    if (value == null || PointerLayout.decode(key, value).ordinal() != old.ordinal()) {
      tx.delete(Family.CONTENT, Keys.contentHolder(key, old.epoch(), old.ordinal()));
      return;
    }
    byte[] next = nextHolder(key);
    if (next == null) {
      tx.delete(Family.CONTENT, key);
    } else {
      tx.delete(Family.CONTENT, next);
      point(key, Keys.intAt(next, key.length), Keys.intAt(next, key.length + 4));
    }
  }

  private void point(byte[] contentKey, int epoch, int ordinal) {
    Pointer pointer = new Pointer(epoch, ordinal);
    tx.put(Family.CONTENT, contentKey, PointerLayout.encode(contentKey, pointer));
  }

  /** The row of the next memory of the same text, if there is one. */
  private byte @Nullable [] nextHolder(byte[] contentKey) {
    byte[] from = Arrays.copyOf(contentKey, contentKey.length + 1);
    byte[][] next = {null};
    tx.scan(
        Family.CONTENT,
        from,
        contentKey,
        (key, value) -> {
          next[0] = key;
          return false;
        });
    return next[0];
  }

  /** The space as it is once this store's embedder makes its vectors. */
  private CatalogEntry embeddable(CatalogEntry space) {
    Embedder embedder = session.store().embedder();
    EmbedderIdentity stored = space.descriptor().embedder();
    if (embedder == null) {
      return space;
    }
    EmbedderIdentity own;
    try {
      own = embedder.identity();
    } catch (UnavailableException e) {
      return space;
    }
    if (stored == null) {
      return session.adopt(space, own);
    }
    requireSame(space, stored, own);
    return space;
  }

  static void requireSame(CatalogEntry space, EmbedderIdentity stored, EmbedderIdentity own) {
    if (!stored.equals(own)) {
      throw new MismatchException(
          "the space was embedded by another model: space="
              + space.descriptor().name()
              + ", stored="
              + stored
              + ", given="
              + own
              + "; open the store with that embedder, or with none");
    }
  }

  /** Vectors for the texts; none while the embedder is away, so that the memories wait for them. */
  private List<float[]> embedOrWait(CatalogEntry space, List<String> texts) {
    try {
      return embed(space, texts);
    } catch (UnavailableException e) {
      return List.of();
    }
  }

  private List<float[]> embed(CatalogEntry space, List<String> texts) {
    Embedder embedder = session.store().embedder();
    if (embedder == null || texts.isEmpty()) {
      return List.of();
    }
    List<float[]> vectors = embedder.embed(texts);
    if (vectors.size() != texts.size()) {
      throw new MismatchException(
          "the embedder gave another number of vectors: texts="
              + texts.size()
              + ", vectors="
              + vectors.size()
              + ", embedder="
              + embedder.identity());
    }
    for (float[] vector : vectors) {
      dev.engram.internal.vector.VectorCheck.check(
          vector, space.descriptor().dimension(), space.descriptor().metric());
    }
    return vectors;
  }

  static void checkText(String text) {
    if (text.isBlank()) {
      throw new InvalidInputException("invalid memory: the text is blank; give some words");
    }
    Records.checkText(text);
  }
}
