package dev.engram;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a commit says beside its changes. Immutable. */
public final class CommitOptions {
  /** No key, no author, the store's durability. */
  public static final CommitOptions NONE = new CommitOptions(null, null, null);

  private final @Nullable String idempotencyKey;
  private final @Nullable String author;
  private final @Nullable Durability atLeast;

  private CommitOptions(
      @Nullable String idempotencyKey, @Nullable String author, @Nullable Durability atLeast) {
    this.idempotencyKey = idempotencyKey;
    this.author = author;
    this.atLeast = atLeast;
  }

  /**
   * A key that makes a retry safe: a second commit with the same key, within the store's retention,
   * changes nothing and returns the place of the first.
   */
  public CommitOptions idempotencyKey(String key) {
    long bytes = Limits.utf8Bytes("idempotency key", key);
    if (bytes == 0 || bytes > Limits.MAX_IDEMPOTENCY_KEY_BYTES) {
      throw new InvalidInputException(
          "invalid idempotency key: bytes="
              + bytes
              + ", allowed=1.."
              + Limits.MAX_IDEMPOTENCY_KEY_BYTES);
    }
    return new CommitOptions(key, author, atLeast);
  }

  /** Who makes the change; kept in the log. */
  public CommitOptions author(String name) {
    long bytes = Limits.utf8Bytes("author", name);
    if (bytes > Limits.MAX_NAME_BYTES) {
      throw new InvalidInputException(
          "invalid author: bytes=" + bytes + ", allowed=0.." + Limits.MAX_NAME_BYTES);
    }
    return new CommitOptions(idempotencyKey, name, atLeast);
  }

  /** Asks for {@link Durability#DURABLE} in a store that promises less. */
  public CommitOptions durable() {
    return new CommitOptions(idempotencyKey, author, Durability.DURABLE);
  }

  public Optional<String> idempotencyKey() {
    return Optional.ofNullable(idempotencyKey);
  }

  public Optional<String> author() {
    return Optional.ofNullable(author);
  }

  public Optional<Durability> durability() {
    return Optional.ofNullable(atLeast);
  }
}
