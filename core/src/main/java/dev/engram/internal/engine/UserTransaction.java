package dev.engram.internal.engine;

import dev.engram.CommitId;
import dev.engram.MemorySpace;
import dev.engram.RecordId;
import dev.engram.Transaction;
import dev.engram.VectorCollection;
import dev.engram.internal.log.Family;

/** A transaction as users see it. Not thread-safe. */
final class UserTransaction implements Transaction {
  private final Session session;

  UserTransaction(Session session) {
    this.session = session;
  }

  @Override
  public MemorySpace space(String name) {
    CatalogEntry _ = session.ensureSpace(name);
    return new StoredSpace(session.store(), name, session);
  }

  @Override
  public VectorCollection collection(String name) {
    CatalogEntry _ = session.collection(name);
    return new StoredCollection(session.store(), name, session);
  }

  @Override
  public void lock(String collection, RecordId id) {
    CatalogEntry entry = session.find(collection);
    if (entry == null) {
      throw Session.notFound(collection);
    }
    session.tx().claim(Family.IDS, Records.idKey(entry, id));
  }

  @Override
  public CommitId commit() {
    return session.store().commit(session);
  }

  @Override
  public void rollback() {
    session.close();
  }

  @Override
  public void close() {
    session.close();
  }
}
