package dev.engram;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What an audit found. Nothing of it is damage: it is what somebody may want to tidy.
 *
 * @param memories that were looked at
 * @param synapses that were looked at
 * @param compared memories for which near duplicates were looked for, a sample of all
 * @param counts findings of each kind, all of them
 * @param findings those that are listed, by kind
 */
public record AuditReport(
    long memories, long synapses, long compared, Map<Kind, Long> counts, List<Finding> findings) {
  /** Most memories that one finding names. */
  public static final int NAMED = 10;

  /** What may be found. */
  public enum Kind {
    /** Memories of the same text and scope that hold now. The measure: how many. */
    EXACT_DUPLICATES,
    /** Two memories that say nearly the same. The measure: how similar they are. */
    NEAR_DUPLICATES,
    /** A memory that is old and was never recalled or used. The measure: its age in days. */
    NEVER_RECALLED,
    /** A memory that came back as new content after a recall. The measure: how often. */
    RECALL_LOOPS,
    /**
     * A synapse of which an end is gone; named is the end that is there. The measure: its weight.
     */
    DANGLING_SYNAPSES,
    /** A memory that holds no more because of one that is gone. The measure: days since. */
    SUPERSEDER_GONE,
    /** A memory that waits for its vector. The measure: how many days it has waited. */
    PENDING
  }

  /**
   * One thing that was found.
   *
   * @param memories whom it concerns, at most {@link #NAMED}
   * @param measure what it means says the kind
   */
  public record Finding(Kind kind, List<RecordId> memories, double measure) {
    public Finding {
      memories = List.copyOf(memories);
    }
  }

  public AuditReport {
    Map<Kind, Long> all = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      all.put(kind, counts.getOrDefault(kind, 0L));
    }
    counts = Collections.unmodifiableMap(all);
    findings = List.copyOf(findings);
  }

  /** How often something was found, listed or not. */
  public long count(Kind kind) {
    return counts.getOrDefault(kind, 0L);
  }

  /** What is listed of a kind. */
  public List<Finding> of(Kind kind) {
    return findings.stream().filter(each -> each.kind() == kind).toList();
  }
}
