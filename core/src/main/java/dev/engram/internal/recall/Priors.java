package dev.engram.internal.recall;

import dev.engram.RecallProfile;
import java.util.StringJoiner;

/** Measures that do not compare words: when it was, who said it, what it shows. */
public final class Priors {
  /** A question of so many words or fewer says little but who said it. */
  private static final double FEW_WORDS = 2;

  private Priors() {}

  /** How well its time matches the dates that the question names. */
  public static Measure time(Scene scene, NamedDates dates) {
    return row -> dates.match(scene.moment(row));
  }

  /**
   * 1 where the one speaker that the question names said it, and less the more words there are to
   * go by: min(1, 2 / words).
   *
   * @param words the distinct words of the question, names left out
   */
  public static Measure speaker(Scene scene, Wording wording, int words) {
    int named = wording.speaker();
    double measure = Math.min(1, FEW_WORDS / Math.max(1, words));
    return row -> named != Chronicle.NONE && scene.speaker(row) == named ? measure : 0;
  }

  /** The sum of its cues. */
  public static Measure cues(
      Scene scene, RecallProfile.Cues weights, boolean asksForATime, Wording wording) {
    return new ShownCues(scene, weights, asksForATime, wording.speaker());
  }

  private record ShownCues(Scene scene, RecallProfile.Cues weights, boolean asksForATime, int named)
      implements Measure {
    @Override
    public double of(int row) {
      return asking(row) + time(row) + deed(row);
    }

    private double asking(int row) {
      return scene.shows(row, Cues.ASKS) ? weights.asking() : 0;
    }

    private double time(int row) {
      return asksForATime && scene.shows(row, Cues.TELLS_A_TIME) ? weights.tellingATime() : 0;
    }

    private double deed(int row) {
      boolean said = named != Chronicle.NONE && scene.speaker(row) == named;
      return said && scene.shows(row, Cues.TELLS_A_DEED) ? weights.tellingADeed() : 0;
    }

    @Override
    public String detail(int row) {
      StringJoiner shown = new StringJoiner(", ");
      add(shown, "it asks", asking(row));
      add(shown, "it tells a time", time(row));
      add(shown, "the speaker tells a deed", deed(row));
      return shown.toString();
    }

    private static void add(StringJoiner shown, String what, double amount) {
      if (amount != 0) {
        shown.add(what + " " + amount);
      }
    }
  }
}
