package dev.engram;

import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * How a memory space learns, fades, consolidates and forgets. Stored with the space. Immutable to
 * its users; every method that takes a value returns a changed copy.
 */
public final class Dynamics {
  private double learningRate = .1;
  private double decayRate = .01;
  private double consolidationThreshold = .5;
  private long shortTermLimit = 10_000;
  private Duration consolidationInterval = Duration.ofHours(24);
  private int batch = 1_000;
  private int recallLimit = 20;
  private int workingMemoryLimit = 50;
  private Duration workingMemoryTime = Duration.ofHours(1);
  private Duration importanceHalfLife = Duration.ofDays(30);
  private double importanceFloor = .1;
  private Duration undoWindow = Duration.ofDays(7);
  private Duration historyTime = Duration.ofDays(90);
  private boolean recallLoopGuard;
  private Set<AutoRelation> relations = Set.of();

  private Dynamics() {}

  /** What a space has that was told nothing else. */
  public static Dynamics standard() {
    return new Dynamics();
  }

  /** For many memories: learns and fades slower, consolidates sooner and only what is strong. */
  public static Dynamics highPerformance() {
    return new Dynamics()
        .learningRate(.05)
        .decayRate(.001)
        .consolidationThreshold(.7)
        .shortTermLimit(100_000)
        .consolidationInterval(Duration.ofHours(12))
        .batch(5_000)
        .recallLimit(100);
  }

  /** For experiments: fades faster, keeps more in the short term. */
  public static Dynamics researchOptimized() {
    return new Dynamics()
        .learningRate(.08)
        .decayRate(.015)
        .consolidationThreshold(.6)
        .shortTermLimit(50_000)
        .batch(2_000)
        .recallLimit(50);
  }

  /** What a synapse gains of what it lacks when it is strengthened, above 0 to 1; .1. */
  public Dynamics learningRate(double rate) {
    return with(d -> d.learningRate = Limits.checkRate("learningRate", rate));
  }

  /** What a short-term synapse loses in each cycle of sleep, 0 to below 1; .01. */
  public Dynamics decayRate(double rate) {
    if (!(rate >= 0 && rate < 1)) {
      throw new InvalidInputException("invalid dynamics: decayRate=" + rate + ", allowed=0..<1");
    }
    return with(d -> d.decayRate = rate);
  }

  /** How strong a synapse is that counts as ready for the long term, above 0 to 1; .5. */
  public Dynamics consolidationThreshold(double weight) {
    return with(d -> d.consolidationThreshold = Limits.checkRate("consolidationThreshold", weight));
  }

  /** With more short-term synapses a space consolidates before its time; 10,000. */
  public Dynamics shortTermLimit(long synapses) {
    if (synapses < 1) {
      throw new InvalidInputException(
          "invalid dynamics: shortTermLimit=" + synapses + ", allowed >= 1");
    }
    return with(d -> d.shortTermLimit = synapses);
  }

  /** How often a space consolidates by itself; 24 hours. */
  public Dynamics consolidationInterval(Duration interval) {
    return with(
        d -> d.consolidationInterval = Limits.checkPeriod("consolidationInterval", interval));
  }

  /** Synapses or memories that a job works on in one commit, 1 to 100,000; 1,000. */
  public Dynamics batch(int items) {
    return with(d -> d.batch = Limits.checkCount("batch", items, Limits.MAX_JOB_BATCH));
  }

  /** Memories that an activation finds at most, unless told; 20. */
  public Dynamics recallLimit(int memories) {
    return with(
        d -> d.recallLimit = Limits.checkCount("recallLimit", memories, Limits.MAX_RESULTS));
  }

  /** Memories that working memory holds, 1 to 10,000; 50. */
  public Dynamics workingMemoryLimit(int memories) {
    return with(d ->
        d.workingMemoryLimit =
            Limits.checkCount("workingMemoryLimit", memories, Limits.MAX_WORKING_MEMORY));
  }

  /** How long a memory stays in working memory after it was last used; 1 hour. */
  public Dynamics workingMemoryTime(Duration time) {
    return with(d -> d.workingMemoryTime = Limits.checkPeriod("workingMemoryTime", time));
  }

  /** After this time half of a memory's importance above the floor is left; 30 days. */
  public Dynamics importanceHalfLife(Duration halfLife) {
    return with(d -> d.importanceHalfLife = Limits.checkPeriod("importanceHalfLife", halfLife));
  }

  /** Importance does not fade below this, 0 to 1; .1. */
  public Dynamics importanceFloor(double floor) {
    if (!(floor >= 0 && floor <= 1)) {
      throw new InvalidInputException(
          "invalid dynamics: importanceFloor=" + floor + ", allowed=0..1");
    }
    return with(d -> d.importanceFloor = floor);
  }

  /** How long what a policy has forgotten can be brought back; 7 days, zero for not at all. */
  public Dynamics undoWindow(Duration window) {
    return with(d -> d.undoWindow = Limits.checkPeriodOrZero("undoWindow", window));
  }

  /**
   * How long {@link MemorySpace#asOf} and {@link MemorySpace#history} remember what was changed or
   * forgotten since; 90 days, zero for not at all.
   */
  public Dynamics historyTime(Duration time) {
    return with(d -> d.historyTime = Limits.checkPeriodOrZero("historyTime", time));
  }

  /** Whether recall loops are recognised, unless a learning says; not. See {@link Learning}. */
  public Dynamics recallLoopGuard(boolean guard) {
    return with(d -> d.recallLoopGuard = guard);
  }

  /** Which synapses learning makes by itself, unless a learning says; none. */
  public Dynamics relations(Set<AutoRelation> made) {
    Set<AutoRelation> copy = Set.copyOf(made);
    return with(d -> d.relations = copy);
  }

  public double learningRate() {
    return learningRate;
  }

  public double decayRate() {
    return decayRate;
  }

  public double consolidationThreshold() {
    return consolidationThreshold;
  }

  public long shortTermLimit() {
    return shortTermLimit;
  }

  public Duration consolidationInterval() {
    return consolidationInterval;
  }

  public int batch() {
    return batch;
  }

  public int recallLimit() {
    return recallLimit;
  }

  public int workingMemoryLimit() {
    return workingMemoryLimit;
  }

  public Duration workingMemoryTime() {
    return workingMemoryTime;
  }

  public Duration importanceHalfLife() {
    return importanceHalfLife;
  }

  public double importanceFloor() {
    return importanceFloor;
  }

  public Duration undoWindow() {
    return undoWindow;
  }

  public Duration historyTime() {
    return historyTime;
  }

  public boolean recallLoopGuard() {
    return recallLoopGuard;
  }

  public Set<AutoRelation> relations() {
    return relations;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Dynamics d && toString().equals(d.toString());
  }

  @Override
  public int hashCode() {
    return Objects.hash(learningRate, decayRate, consolidationThreshold, batch);
  }

  @Override
  public String toString() {
    return "learningRate="
        + learningRate
        + ", decayRate="
        + decayRate
        + ", consolidationThreshold="
        + consolidationThreshold
        + ", shortTermLimit="
        + shortTermLimit
        + ", consolidationInterval="
        + consolidationInterval
        + ", batch="
        + batch
        + ", recallLimit="
        + recallLimit
        + ", workingMemoryLimit="
        + workingMemoryLimit
        + ", workingMemoryTime="
        + workingMemoryTime
        + ", importanceHalfLife="
        + importanceHalfLife
        + ", importanceFloor="
        + importanceFloor
        + ", undoWindow="
        + undoWindow
        + ", historyTime="
        + historyTime
        + ", recallLoopGuard="
        + recallLoopGuard
        + ", relations="
        + new TreeSet<>(relations);
  }

  private Dynamics with(Consumer<Dynamics> change) {
    Dynamics copy = new Dynamics();
    copy.learningRate = learningRate;
    copy.decayRate = decayRate;
    copy.consolidationThreshold = consolidationThreshold;
    copy.shortTermLimit = shortTermLimit;
    copy.consolidationInterval = consolidationInterval;
    copy.batch = batch;
    copy.recallLimit = recallLimit;
    copy.workingMemoryLimit = workingMemoryLimit;
    copy.workingMemoryTime = workingMemoryTime;
    copy.importanceHalfLife = importanceHalfLife;
    copy.importanceFloor = importanceFloor;
    copy.undoWindow = undoWindow;
    copy.historyTime = historyTime;
    copy.recallLoopGuard = recallLoopGuard;
    copy.relations = relations;
    change.accept(copy);
    return copy;
  }
}
