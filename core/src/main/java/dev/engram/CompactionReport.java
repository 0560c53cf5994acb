package dev.engram;

import java.util.List;

/**
 * What compaction gained.
 *
 * @param parts of the store, each with its bytes before and after
 */
public record CompactionReport(List<Part> parts) {
  /**
   * A part of the store.
   *
   * @param name such as {@code rows} or {@code text index}
   * @param bytesBefore of its files
   * @param bytesAfter of its files; what a snapshot shares stays on the disk until the snapshot
   *     goes
   */
  public record Part(String name, long bytesBefore, long bytesAfter) {}

  public CompactionReport {
    parts = List.copyOf(parts);
  }

  /** Of all parts. */
  public long bytesBefore() {
    return parts.stream().mapToLong(Part::bytesBefore).sum();
  }

  /** Of all parts. */
  public long bytesAfter() {
    return parts.stream().mapToLong(Part::bytesAfter).sum();
  }
}
