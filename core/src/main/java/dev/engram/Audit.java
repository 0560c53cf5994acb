package dev.engram;

import java.time.Duration;
import java.util.function.Consumer;

/** What an audit of a space looks for. Immutable to its users. */
public final class Audit {
  private Duration unusedFor = Duration.ofDays(30);
  private NearDuplicates nearDuplicates = NearDuplicates.keep();
  private int sample = 10_000;
  private int listed = 100;

  private Audit() {}

  /** Memories that were never recalled in 30 days, near duplicates of up to 10,000 memories. */
  public static Audit standard() {
    return new Audit();
  }

  /** A memory that is older and was never recalled is reported; 30 days. */
  public Audit unusedFor(Duration time) {
    return with(a -> a.unusedFor = Limits.checkPeriodOrZero("unusedFor", time));
  }

  /** When two memories say nearly the same; what learning does with these, does not matter. */
  public Audit nearDuplicates(NearDuplicates thresholds) {
    return with(a -> a.nearDuplicates = thresholds);
  }

  /** For about so many memories near duplicates are looked for, 0 to 10,000,000; 10,000. */
  public Audit sample(int memories) {
    if (memories < 0 || memories > Limits.MAX_AUDIT_SAMPLE) {
      throw new InvalidInputException(
          "invalid audit: sample=" + memories + ", allowed=0.." + Limits.MAX_AUDIT_SAMPLE);
    }
    return with(a -> a.sample = memories);
  }

  /** So many findings of each kind are listed, 0 to 10,000; more are only counted; 100. */
  public Audit listed(int findings) {
    if (findings < 0 || findings > Limits.MAX_AUDIT_FINDINGS) {
      throw new InvalidInputException(
          "invalid audit: listed=" + findings + ", allowed=0.." + Limits.MAX_AUDIT_FINDINGS);
    }
    return with(a -> a.listed = findings);
  }

  public Duration unusedFor() {
    return unusedFor;
  }

  public NearDuplicates nearDuplicates() {
    return nearDuplicates;
  }

  public int sample() {
    return sample;
  }

  public int listed() {
    return listed;
  }

  private Audit with(Consumer<Audit> change) {
    Audit copy = new Audit();
    copy.unusedFor = unusedFor;
    copy.nearDuplicates = nearDuplicates;
    copy.sample = sample;
    copy.listed = listed;
    change.accept(copy);
    return copy;
  }
}
