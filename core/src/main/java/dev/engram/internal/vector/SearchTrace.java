package dev.engram.internal.vector;

import dev.engram.SearchPlan.VectorPlan;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a search did, told by those who do it. One for each search that is to be explained, not
 * thread-safe; any number of searches may share {@link #NONE}, which takes no note.
 */
public final class SearchTrace {
  /** Takes no note. Thread-safe. */
  public static final SearchTrace NONE = new SearchTrace(false);

  private final boolean notes;
  private final Map<Phase, Long> nanos = new EnumMap<>(Phase.class);
  private VectorPlan plan = VectorPlan.NONE;
  private int partitions;
  private int probed;
  private long scanned;
  private long ranked;
  private long rescored;

  /** The parts of a search, in order. */
  public enum Phase {
    WAIT,
    FILTER,
    ROUTE,
    SCAN,
    RANK,
    RESCORE,
    TEXT,
    DIVERSIFY,
    READ
  }

  /** A trace without notes yet. */
  public SearchTrace() {
    this(true);
  }

  private SearchTrace(boolean notes) {
    this.notes = notes;
  }

  /** Which plan was chosen. The first counts: what comes later is a part of it. */
  public void planned(VectorPlan chosen) {
    if (notes && plan == VectorPlan.NONE) {
      plan = chosen;
    }
  }

  /** So many of so many partitions are looked into. */
  public void probed(int some, int all) {
    if (notes) {
      probed = Math.max(probed, some);
      partitions = Math.max(partitions, all);
    }
  }

  /** So many more vectors or codes were compared with the query. */
  public void scanned(long vectors) {
    if (notes) {
      scanned += vectors;
    }
  }

  /** So many more candidates were ranked by finer codes. */
  public void ranked(long candidates) {
    if (notes) {
      ranked += candidates;
    }
  }

  /** So many more candidates were scored by their vectors. */
  public void rescored(long candidates) {
    if (notes) {
      rescored += candidates;
    }
  }

  /** The time now, for {@link #spent}; 0 where no note is taken. */
  public long now() {
    return notes ? System.nanoTime() : 0;
  }

  /** A phase took from then until now. */
  public void spent(Phase phase, long since) {
    if (notes) {
      nanos.merge(phase, System.nanoTime() - since, Long::sum);
    }
  }

  /** What is left of the time from then until now, less all other phases, belongs to a phase. */
  public void spentElse(Phase phase, long since) {
    if (notes) {
      long others = nanos.values().stream().mapToLong(Long::longValue).sum();
      nanos.merge(phase, Math.max(0, System.nanoTime() - since - others), Long::sum);
    }
  }

  public VectorPlan plan() {
    return plan;
  }

  public int partitions() {
    return partitions;
  }

  public int probed() {
    return probed;
  }

  public long scanned() {
    return scanned;
  }

  public long ranked() {
    return ranked;
  }

  public long rescored() {
    return rescored;
  }

  public long nanos(Phase phase) {
    return nanos.getOrDefault(phase, 0L);
  }
}
