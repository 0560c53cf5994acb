package dev.engram.internal.engine;

import dev.engram.CollectionConfig;
import dev.engram.CollectionInfo.Kind;
import dev.engram.CommitId;
import dev.engram.CommitOptions;
import dev.engram.ExistsException;
import dev.engram.InvalidInputException;
import dev.engram.Limits;
import dev.engram.Metric;
import dev.engram.NotFoundException;
import dev.engram.Quantization;
import dev.engram.internal.format.CollectionLayout;
import dev.engram.internal.format.CollectionLayout.Descriptor;
import dev.engram.internal.format.CounterKind;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.NameLayout;
import dev.engram.internal.log.Family;
import dev.engram.internal.text.TextAnalysis;
import dev.engram.spi.Change;
import dev.engram.spi.EmbedderIdentity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A transaction with what it does to the catalog. What it makes, renames or drops is seen by itself
 * at once and by others after the commit. Not thread-safe.
 */
final class Session implements AutoCloseable {
  private final OpenStore store;
  private final Tx tx;
  private final List<Runnable> afterCommit = new ArrayList<>();
  private final Map<Integer, SpaceState> spaceStates = new LinkedHashMap<>();
  private final long catalogVersion;

  Session(OpenStore store, CommitOptions options) {
    this.store = store;
    this.catalogVersion = store.catalogState().version();
    this.tx =
        new Tx(
            store.log(),
            store.config().clock().millis(),
            authored(store, options),
            store.isFollower());
  }

  private static CommitOptions authored(OpenStore store, CommitOptions options) {
    return options.author().isPresent()
        ? options
        : store.config().actor().map(options::author).orElse(options);
  }

  Tx tx() {
    return tx;
  }

  OpenStore store() {
    return store;
  }

  /** By name or alias, as this transaction sees it. */
  @Nullable CatalogEntry find(String name) {
    OpenCatalog catalog = store.catalogState();
    CatalogEntry known = catalog.find(name);
    return asOfTheStart() ? known : stored(name);
  }

  /** Whether what was just read from the catalog is what this transaction sees. */
  private boolean asOfTheStart() {
    return afterCommit.isEmpty()
        && catalogVersion % 2 == 0
        && catalogVersion == store.catalogState().version();
  }

  private @Nullable CatalogEntry stored(String name) {
    NameLayout.Name found = storedName(name);
    if (found == null) {
      return null;
    }
    byte[] key = Keys.descriptor(found.collection());
    byte[] value = tx.get(Family.CONFIG, key);
    return value == null
        ? null
        : new CatalogEntry(found.collection(), CollectionLayout.decode(key, value));
  }

  private NameLayout.@Nullable Name storedName(String name) {
    byte[] key = Keys.name(name);
    byte[] value = tx.get(Family.CONFIG, key);
    return value == null ? null : NameLayout.decode(key, value);
  }

  /** Every name and alias that leads to a collection, as this transaction sees it. */
  private List<String> namesOf(int number) {
    List<String> known = store.catalogState().namesOf(number);
    if (asOfTheStart()) {
      return known;
    }
    List<String> names = new ArrayList<>();
    byte[] all = Keys.names();
    tx.scan(
        Family.CONFIG,
        all,
        all,
        (key, value) -> {
          NameLayout.Name name = NameLayout.decode(key, value);
          if (name.collection() == number) {
            names.add(name.name());
          }
          return true;
        });
    return names;
  }

  /**
   * A collection that is there.
   *
   * @throws NotFoundException where it is not, or where the name is a space's
   */
  CatalogEntry collection(String name) {
    return require(name, Kind.COLLECTION);
  }

  /**
   * A space that is there.
   *
   * @throws NotFoundException where it is not, or where the name is a collection's
   */
  CatalogEntry space(String name) {
    return require(name, Kind.SPACE);
  }

  /** A space, made if it is not there. */
  CatalogEntry ensureSpace(String name) {
    return find(name) != null ? space(name) : create(name, Kind.SPACE, CollectionConfig.textOnly());
  }

  CatalogEntry create(String name, Kind kind, CollectionConfig config) {
    checkName(name);
    TextAnalysis.checkLanguage(config.language());
    checkQuantization(config.metric(), config.quantization());
    if (find(name) != null) {
      throw new ExistsException("the name is taken: name=" + name + "; choose another one");
    }
    int number = store.collectionNumbers().take(CounterKind.STORE) + 1;
    Descriptor descriptor =
        new Descriptor(
            name,
            kind,
            config.metric(),
            0,
            config.dimension(),
            tx.now(),
            config.timeToLive().map(d -> d.toMillis()).orElse(0L),
            config.recallTarget(),
            config.quantization(),
            config.resident(),
            config.language(),
            null);
    CatalogEntry entry = new CatalogEntry(number, descriptor);
    tx.raise(CounterKind.STORE, CounterKind.COLLECTIONS, number);
    putName(new NameLayout.Name(name, number, false));
    putDescriptor(entry);
    return entry;
  }

  /** Sets which embedder makes the vectors of a space that has none yet. */
  CatalogEntry adopt(CatalogEntry space, EmbedderIdentity identity) {
    CatalogEntry changed =
        new CatalogEntry(space.number(), space.descriptor().embeddedBy(identity));
    putDescriptor(changed);
    return changed;
  }

  boolean drop(String name) {
    CatalogEntry entry = find(name);
    if (entry == null) {
      return false;
    }
    claimDescriptor(entry);
    namesOf(entry.number()).forEach(this::deleteName);
    tx.delete(Family.CONFIG, entry.key());
    byte[] rows = Keys.collection(entry.number());
    for (Family family : CollectionRows.FAMILIES) {
      tx.deletePrefix(family, rows);
    }
    for (int counter : CounterKind.OF_COLLECTION) {
      tx.delete(Family.META, Keys.counter(entry.number(), counter));
    }
    tx.delete(Family.META, Keys.dynamics(entry.number()));
    tx.delete(Family.META, Keys.rhythm(entry.number()));
    tx.delete(Family.META, Keys.schemas(entry.number()));
    tx.deletePrefix(Family.META, Keys.patterns(entry.number()));
    tx.deletePrefix(Family.META, Keys.notes(entry.number()));
    spaceStates.remove(entry.number());
    tx.tell(new Change.CollectionDropped(entry.number()));
    afterCommit.add(() -> {
      store.catalogState().remove(entry.number());
      store.log().forgetCounters(entry.number());
    });
    return true;
  }

  void rename(String name, String newName) {
    checkName(newName);
    CatalogEntry entry = find(name);
    if (entry == null) {
      throw notFound(name);
    }
    if (find(newName) != null) {
      throw new ExistsException("the name is taken: name=" + newName + "; choose another one");
    }
    deleteName(entry.descriptor().name());
    putName(new NameLayout.Name(newName, entry.number(), false));
    putDescriptor(new CatalogEntry(entry.number(), entry.descriptor().renamed(newName)));
  }

  void recallTarget(String name, double target) {
    describe(name, descriptor -> descriptor.aimingAt(target));
  }

  void quantization(String name, Quantization quantization) {
    describe(
        name,
        descriptor -> {
          checkQuantization(descriptor.metric(), quantization);
          return descriptor.quantized(quantization);
        });
  }

  private static void checkQuantization(Metric metric, Quantization quantization) {
    if (metric == Metric.MANHATTAN && quantization != Quantization.NONE) {
      throw new InvalidInputException(
          "the metric is not estimated by codes: metric="
              + metric
              + ", quantization="
              + quantization
              + ", allowed=NONE");
    }
  }

  private void describe(String name, UnaryOperator<Descriptor> change) {
    CatalogEntry entry = find(name);
    if (entry == null) {
      throw notFound(name);
    }
    putDescriptor(new CatalogEntry(entry.number(), change.apply(entry.descriptor())));
  }

  void alias(String alias, String name) {
    checkName(alias);
    CatalogEntry entry = find(name);
    if (entry == null) {
      throw notFound(name);
    }
    NameLayout.Name taken = storedName(alias);
    if (taken != null && !taken.alias()) {
      throw new ExistsException("the name is taken: name=" + alias + "; choose another alias");
    }
    tx.rely(Family.CONFIG, entry.key());
    putName(new NameLayout.Name(alias, entry.number(), true));
  }

  boolean removeAlias(String alias) {
    NameLayout.Name name = storedName(alias);
    if (name == null || !name.alias()) {
      return false;
    }
    deleteName(alias);
    return true;
  }

  /** The state of a space as this transaction sees it. */
  SpaceState state(CatalogEntry space) {
    return spaceStates.computeIfAbsent(space.number(), n -> new SpaceState(space, tx));
  }

  /** Runs after the commit has succeeded. */
  void afterCommit(Runnable act) {
    afterCommit.add(act);
  }

  CommitId commit() {
    store.requireOpen();
    store.views().throttle();
    store.vectorKind().throttle();
    spaceStates.values().forEach(SpaceState::flush);
    if (afterCommit.isEmpty()) {
      return tx.commit();
    }
    CommitId[] id = new CommitId[1];
    store
        .catalogState()
        .change(
            () -> {
              id[0] = tx.commit();
              // Where its idempotency key was used before, nothing of it has happened.
              return !tx.repeated();
            },
            afterCommit);
    return id[0];
  }

  @Override
  public void close() {
    tx.close();
  }

  static NotFoundException notFound(String name) {
    return new NotFoundException(
        "there is no such collection or space: name=" + name + "; list them to see what is there");
  }

  /** What is dropped meanwhile, nothing is written into. */
  private CatalogEntry require(String name, Kind kind) {
    CatalogEntry entry = find(name);
    if (entry == null) {
      throw notFound(name);
    }
    if (entry.descriptor().kind() != kind) {
      throw new NotFoundException(
          "the name is of another kind: name="
              + name
              + ", kind="
              + entry.descriptor().kind()
              + ", wanted="
              + kind);
    }
    tx.rely(Family.CONFIG, entry.key());
    return entry;
  }

  private void putDescriptor(CatalogEntry entry) {
    claimDescriptor(entry);
    tx.put(Family.CONFIG, entry.key(), CollectionLayout.encode(entry.key(), entry.descriptor()));
    tx.tell(new Change.CollectionPut(entry.row()));
    afterCommit.add(() -> store.catalogState().put(entry));
  }

  private void claimDescriptor(CatalogEntry entry) {
    tx.claim(Family.CONFIG, entry.key());
  }

  private void putName(NameLayout.Name name) {
    byte[] key = Keys.name(name.name());
    tx.claim(Family.CONFIG, key);
    tx.put(Family.CONFIG, key, NameLayout.encode(key, name));
    afterCommit.add(() -> store.catalogState().put(name));
  }

  private void deleteName(String name) {
    byte[] key = Keys.name(name);
    tx.claim(Family.CONFIG, key);
    tx.delete(Family.CONFIG, key);
    afterCommit.add(() -> store.catalogState().removeName(name));
  }

  static void checkName(String name) {
    long bytes = Limits.utf8Bytes("name", name);
    if (name.isBlank() || bytes > Limits.MAX_NAME_BYTES) {
      throw new InvalidInputException(
          "invalid name: bytes=" + bytes + ", allowed=1.." + Limits.MAX_NAME_BYTES + ", not blank");
    }
  }
}
