package dev.engram.internal.engine;

import dev.engram.Encryption;
import dev.engram.EncryptionInfo;
import dev.engram.Progress;
import dev.engram.internal.crypto.KeysLayout.Contents;
import dev.engram.internal.format.Keys;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.StoreKeys;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** The encryption of an open store. Thread-safe. */
final class StoredEncryption implements Encryption {
  /** No space has this number. */
  private static final int NO_SPACE = 0;

  private final OpenStore store;
  private final StoreKeys keys;

  StoredEncryption(OpenStore store, StoreKeys keys) {
    this.store = store;
    this.keys = keys;
  }

  @Override
  public EncryptionInfo info() {
    Contents contents = keys.contents();
    return new EncryptionInfo(
        contents.masterKey(),
        contents.keys().stream()
            .map(each ->
                new EncryptionInfo.DataKey(each.id(), Instant.ofEpochMilli(each.createdAt())))
            .toList());
  }

  @Override
  public int rotate() {
    store.requireOpen();
    return keys.rotate();
  }

  @Override
  public long reseal(Progress progress) {
    store.requireOpen();
    return store.log().reseal(progress);
  }

  @Override
  public long shred(Progress progress) {
    store.requireOpen();
    store
        .maintenance()
        .chores()
        .expire()
        .firstFailure()
        .ifPresent(e -> {
          throw e;
        });
    long last = marked();
    store.archive().requireShipped();
    boolean _ =
        store.withoutCopies(() -> {
          store.cutLog(last);
          return true;
        });
    int key = keys.rotate();
    long resealed = store.log().reseal(progress);
    store.auditLog().did("keys shred", "upTo=" + last + ", dataKey=" + key);
    return resealed;
  }

  /**
   * Makes a commit of nothing: the last commit is never cut, and large values go with the commit
   * that deleted them.
   *
   * @return its LSN
   */
  private long marked() {
    try (Session session = store.session()) {
      session.tx().delete(Family.META, Keys.rhythm(NO_SPACE));
      return session.commit().lsn();
    }
  }

  @Override
  public List<Integer> prune(Progress progress) {
    store.requireOpen();
    Path directory = Objects.requireNonNull(store.directory());
    return store.withoutCopies(() -> new KeyRemoval(store, keys, directory).run(progress));
  }

  @Override
  public String rewrap() {
    store.requireOpen();
    return keys.rewrap();
  }
}
