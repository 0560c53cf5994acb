package dev.engram.internal.engine;

import dev.engram.CollectionConfig;
import dev.engram.CollectionInfo.Kind;
import dev.engram.ExistsException;
import dev.engram.Export;
import dev.engram.Import;
import dev.engram.MismatchException;
import dev.engram.VectorCollection;
import dev.engram.internal.format.RhythmLayout.Rhythm;
import dev.engram.internal.transfer.TransferStore;
import dev.engram.spi.Embedder;
import dev.engram.spi.EmbedderIdentity;
import dev.engram.spi.KeySource;
import dev.engram.spi.TransferItem.Section;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of a store, for imports and exports. Thread-safe. */
final class TransferRows implements TransferStore {
  private final OpenStore store;

  TransferRows(OpenStore store) {
    this.store = store;
  }

  @Override
  public Optional<KeySource> keys() {
    return store.log().isEncrypted() ? store.config().encryption() : Optional.empty();
  }

  @Override
  public boolean isPlainOnDisk() {
    return store.directory() != null && !store.log().isEncrypted();
  }

  @Override
  public State state(Export what) {
    store.accessQueue().flush();
    Session session = store.session();
    boolean made = false;
    try {
      State state = new TransferState(session, store, what, changes(session, what));
      made = true;
      return state;
    } finally {
      if (!made) {
        session.close();
      }
    }
  }

  private @Nullable Changes changes(Session session, Export what) {
    return what.changedAfter()
        .map(after -> Changes.after(after, session.tx(), store.log()))
        .orElse(null);
  }

  @Override
  public Place place(String name, Section section, Import how) {
    if (section.kind() == Kind.SPACE) {
      boolean _ =
          store.inTransaction(s -> {
            prepareSpace(s, name, section, how);
            return true;
          });
    } else {
      prepareCollection(name, section, how);
    }
    return new TransferPlace(new Handle(store, name, null), section, how);
  }

  @Override
  public void rename(String name, String newName) {
    store.catalog().rename(name, newName);
  }

  @Override
  public void drop(String name) {
    boolean _ = store.catalog().drop(name);
  }

  @Override
  public void requireFree(String name) {
    Session.checkName(name);
    if (store.catalogState().find(name) != null) {
      throw new ExistsException("the name is taken: name=" + name + "; choose another one");
    }
  }

  /** One that is there keeps its shape, unless the import names another one, which is refused. */
  private void prepareCollection(String name, Section section, Import how) {
    CatalogEntry known = store.catalogState().find(name);
    if (known == null) {
      VectorCollection _ = store.collection(name, shape(section.config(), how));
    } else {
      CollectionConfig config = store.collection(name).info().config();
      VectorCollection _ = store.collection(name, shape(config, how));
    }
  }

  private static CollectionConfig shape(CollectionConfig config, Import how) {
    CollectionConfig compared = how.metric().map(config::metric).orElse(config);
    return how.quantization().map(compared::quantization).orElse(compared);
  }

  /** A space that is new lives as the one did that was exported. */
  private void prepareSpace(Session s, String name, Section section, Import how) {
    CatalogEntry known = s.find(name);
    CatalogEntry space =
        known == null
            ? s.create(name, Kind.SPACE, withoutDimension(section.config()))
            : s.space(name);
    if (known == null && section.life().isPresent() && !how.isAnew()) {
      SpaceState state = s.state(space);
      state.put(section.life().get().dynamics());
      state.put(new Rhythm(section.life().get().cycle(), 0, 0, 0, new byte[0]));
    }
    if (section.embedder().isPresent() && how.vectors()) {
      embeddedBy(s, space, section.embedder().get());
    }
  }

  /** The dimension of a space is that of its embedder. */
  private static CollectionConfig withoutDimension(CollectionConfig config) {
    CollectionConfig same =
        CollectionConfig.textOnly()
            .metric(config.metric())
            .language(config.language())
            .recallTarget(config.recallTarget())
            .quantization(config.quantization())
            .resident(config.resident());
    return config.timeToLive().map(same::timeToLive).orElse(same);
  }

  private void embeddedBy(Session s, CatalogEntry space, EmbedderIdentity made) {
    EmbedderIdentity stored = space.descriptor().embedder();
    Embedder own = store.embedder();
    EmbedderIdentity expected = stored != null || own == null ? stored : own.identity();
    if (expected != null && !expected.equals(made)) {
      throw new MismatchException(
          "the import was embedded by another model: space="
              + space.descriptor().name()
              + ", import="
              + made
              + ", here="
              + expected
              + "; import it without vectors");
    }
    if (stored == null) {
      CatalogEntry _ = s.adopt(space, made);
    }
  }
}
