package dev.engram;

import java.time.Instant;
import java.util.List;

/**
 * Which keys an encrypted store has.
 *
 * @param masterKey the id of the master key that opens it
 * @param dataKeys the oldest first; the last one seals
 */
public record EncryptionInfo(String masterKey, List<DataKey> dataKeys) {
  public EncryptionInfo {
    dataKeys = List.copyOf(dataKeys);
  }

  /** A data key: its number, and when it was made. */
  public record DataKey(int id, Instant createdAt) {}
}
