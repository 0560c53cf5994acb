package dev.engram.internal.crypto;

import dev.engram.EncryptionException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The data keys of a store: the last one seals, all of them open. Immutable but for {@link #clear};
 * never printed.
 */
public final class DataKeys {
  /** Bytes of every key. */
  public static final int KEY_BYTES = 32;

  /** Most data keys of a store. */
  public static final int MAX_KEYS = 4_096;

  private final UUID id;
  private final List<DataKey> keys;

  DataKeys(UUID id, List<DataKey> keys) {
    this.id = id;
    this.keys = List.copyOf(keys);
  }

  /** One data key. Ids grow by one from 1 and are never used again. */
  static final class DataKey {
    private final int id;
    private final long createdAt;
    private final byte[] bytes;

    DataKey(int id, long createdAt, byte[] bytes) {
      this.id = id;
      this.createdAt = createdAt;
      this.bytes = bytes;
    }

    int id() {
      return id;
    }

    /** Milliseconds since the epoch. */
    long createdAt() {
      return createdAt;
    }

    byte[] bytes() {
      return bytes;
    }
  }

  /** The keys of a new store: one. */
  public static DataKeys fresh(SecureRandom random, long nowMillis) {
    UUID id = new UUID(random.nextLong(), random.nextLong());
    return new DataKeys(id, List.of(drawn(random, 1, nowMillis)));
  }

  /** These and one more, which seals from now on. */
  public DataKeys next(SecureRandom random, long nowMillis) {
    if (keys.size() >= MAX_KEYS) {
      throw new EncryptionException(
          "the store has as many data keys as it may: keys="
              + keys.size()
              + ", most="
              + MAX_KEYS
              + "; make an encrypted copy of it, which begins with one");
    }
    List<DataKey> more = new ArrayList<>(keys);
    more.add(drawn(random, keys.getLast().id + 1, nowMillis));
    return new DataKeys(id, more);
  }

  /**
   * These, and what others of the same store have besides.
   *
   * @return null where they are of another store, or have another key of the same id
   */
  public @Nullable DataKeys and(DataKeys others) {
    if (!others.id.equals(id)) {
      return null;
    }
    SortedMap<Integer, DataKey> all = new TreeMap<>();
    keys.forEach(each -> all.put(each.id, each));
    for (DataKey each : others.keys) {
      DataKey same = all.putIfAbsent(each.id, each);
      if (same != null && !Arrays.equals(same.bytes, each.bytes)) {
        return null;
      }
    }
    return new DataKeys(id, List.copyOf(all.values()));
  }

  /** These but for some, none of which seals; they share what {@link #clear} overwrites. */
  public DataKeys without(Set<Integer> ids) {
    if (ids.contains(current().id)) {
      throw new IllegalArgumentException("the key that seals stays: id=" + current().id);
    }
    return new DataKeys(id, keys.stream().filter(key -> !ids.contains(key.id)).toList());
  }

  private static DataKey drawn(SecureRandom random, int id, long nowMillis) {
    byte[] bytes = new byte[KEY_BYTES];
    random.nextBytes(bytes);
    return new DataKey(id, nowMillis, bytes);
  }

  /** An id that values of these keys are bound to; it stays when keys are added. */
  UUID id() {
    return id;
  }

  /** The key that seals. */
  DataKey current() {
    return keys.getLast();
  }

  List<DataKey> all() {
    return keys;
  }

  /** A key by its id; null where there is none. */
  @Nullable DataKey find(int keyId) {
    for (DataKey key : keys) {
      if (key.id == keyId) {
        return key;
      }
    }
    return null;
  }

  /** Overwrites the keys; nothing can be sealed or opened with them any more. */
  public void clear() {
    keys.forEach(key -> Arrays.fill(key.bytes, (byte) 0));
  }
}
