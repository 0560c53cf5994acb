package dev.engram;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is known of a collection or memory space.
 *
 * @param name its current name
 * @param kind whether its records are plain or memories
 * @param config how it was made; the dimension of a space is that of its embedder
 * @param count live records
 * @param createdAt when it was made
 * @param aliases other names it answers to, sorted
 * @param embedder the embedder that made its vectors, as {@code provider/model}
 */
public record CollectionInfo(
    String name,
    Kind kind,
    CollectionConfig config,
    long count,
    Instant createdAt,
    List<String> aliases,
    Optional<String> embedder) {
  /** What the records of a collection are. */
  public enum Kind {
    COLLECTION,
    SPACE
  }
}
