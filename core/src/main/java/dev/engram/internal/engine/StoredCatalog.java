package dev.engram.internal.engine;

import dev.engram.Catalog;
import dev.engram.CollectionConfig;
import dev.engram.CollectionInfo;
import dev.engram.CollectionInfo.Kind;
import dev.engram.Quantization;
import dev.engram.VectorCollection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The catalog as users see it; each change is a commit of its own. Thread-safe. */
final class StoredCatalog implements Catalog {
  private final OpenStore store;

  StoredCatalog(OpenStore store) {
    this.store = store;
  }

  @Override
  public VectorCollection create(String name, CollectionConfig config) {
    CatalogEntry _ = store.inTransaction(s -> s.create(name, Kind.COLLECTION, config));
    return new StoredCollection(store, name, null);
  }

  @Override
  public boolean drop(String name) {
    return store.inTransaction(s -> s.drop(name));
  }

  @Override
  public void rename(String name, String newName) {
    boolean _ =
        store.inTransaction(s -> {
          s.rename(name, newName);
          return true;
        });
  }

  @Override
  public void alias(String alias, String name) {
    boolean _ =
        store.inTransaction(s -> {
          s.alias(alias, name);
          return true;
        });
  }

  @Override
  public boolean removeAlias(String alias) {
    return store.inTransaction(s -> s.removeAlias(alias));
  }

  @Override
  public void recallTarget(String name, double target) {
    CollectionConfig checked = CollectionConfig.textOnly().recallTarget(target);
    boolean _ =
        store.inTransaction(s -> {
          s.recallTarget(name, checked.recallTarget());
          return true;
        });
  }

  @Override
  public void quantization(String name, Quantization quantization) {
    boolean _ =
        store.inTransaction(s -> {
          s.quantization(name, quantization);
          return true;
        });
  }

  @Override
  public List<CollectionInfo> list() {
    try (Session session = store.session()) {
      return store.catalogState().all().stream()
          .map(entry -> describe(session, entry))
          .sorted(Comparator.comparing(CollectionInfo::name))
          .toList();
    }
  }

  @Override
  public Optional<CollectionInfo> describe(String name) {
    try (Session session = store.session()) {
      return Optional.ofNullable(session.find(name)).map(entry -> describe(session, entry));
    }
  }

  private CollectionInfo describe(Session session, CatalogEntry entry) {
    Handle handle = new Handle(store, entry.descriptor().name(), session);
    return store.describe(entry, handle.count(session, entry));
  }
}
