package dev.engram;

import java.util.List;
import java.util.Optional;

/**
 * What was written or read.
 *
 * @param format the form of the file
 * @param compression of the file; empty for none
 * @param collections the collections and spaces, in their order
 * @param records records and memories
 * @param synapses of the spaces
 * @param skipped what was not taken over: what had expired, synapses that lack a memory, and, where
 *     the form of the file has no place for them, what it left out
 * @param sha256 digest of what it says, in hexadecimal; empty where the file has none
 * @param commit the last durable commit that is surely in what was exported or copied, from which
 *     {@link Export#changedAfter} goes on; empty for imports
 */
public record TransferReport(
    String format,
    Optional<String> compression,
    List<String> collections,
    long records,
    long synapses,
    long skipped,
    Optional<String> sha256,
    Optional<CommitId> commit) {
  public TransferReport {
    collections = List.copyOf(collections);
  }
}
