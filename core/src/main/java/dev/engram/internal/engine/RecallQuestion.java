package dev.engram.internal.engine;

import dev.engram.Recall;
import dev.engram.RecallProfile;
import dev.engram.internal.recall.NamedDates;
import dev.engram.internal.recall.Wording;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A question to a space, read: which profile answers it, whom and what it names, and its vector.
 * Not changed once it is made.
 *
 * @param wording the question and the speakers that it names
 * @param vector of unit length; null where the space has none to compare, or it does not count
 * @param itself the memory whose like is asked for
 * @param notes what the reader of an answer should know
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
record RecallQuestion(
    CatalogEntry space,
    Recall recall,
    RecallProfile profile,
    Wording wording,
    NamedDates dates,
    boolean asksForATime,
    float @Nullable [] vector,
    Itself itself,
    List<String> notes) {
  /** What an arm counts here. */
  double weight(Recall.Arm arm) {
    if (arm == Recall.Arm.VECTOR && vector == null) {
      return 0;
    }
    // How something is used today says nothing of what held at another time.
    boolean usedElsewhen = arm.isOfUse() && recall.validAt().isPresent();
    return recall
        .weight(arm)
        .orElseGet(() -> usedElsewhen ? 0 : profile.weight(arm, vector != null));
  }

  /** What is added to a score at most for how the memory was used. */
  double mostForUse() {
    return weight(Recall.Arm.IMPORTANCE)
        + weight(Recall.Arm.RECENCY)
        + weight(Recall.Arm.REINFORCEMENT);
  }

  /** Whether the words of the question are compared at all. */
  boolean usesWords() {
    return weight(Recall.Arm.TEXT) > 0
        || weight(Recall.Arm.ANSWER) > 0
        || weight(Recall.Arm.SESSION) > 0;
  }

  /** How many memories before one are looked at with it. */
  int back() {
    return Math.max(profile.before().size(), weight(Recall.Arm.ANSWER) > 0 ? 1 : 0);
  }

  /** How many memories after one are looked at with it. */
  int ahead() {
    return profile.after().size();
  }

  /** The words to be matched. */
  String words() {
    return wording.withoutNames();
  }
}
