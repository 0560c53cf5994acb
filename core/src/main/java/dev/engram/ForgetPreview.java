package dev.engram;

import java.util.List;

/**
 * What a policy would forget now.
 *
 * @param memories how many
 * @param shortTerm short-term synapses that would be pruned
 * @param longTerm long-term synapses that would be pruned
 * @param first the first {@link Limits#MAX_PREVIEWED} memories, with the reason
 */
public record ForgetPreview(long memories, long shortTerm, long longTerm, List<Candidate> first) {
  /** Why a memory would be forgotten. */
  public enum Reason {
    /** It has no synapse and was not used for long. */
    ISOLATED,
    /** It was seldom used, and not for long. */
    UNUSED,
    /** It is short, was seldom used, and not for a while. */
    MINOR
  }

  /** A memory that would be forgotten. */
  public record Candidate(Memory memory, Reason reason) {}

  public ForgetPreview {
    first = List.copyOf(first);
  }
}
