package dev.engram.cli;

import dev.engram.Recall;
import dev.engram.Recall.Arm;
import dev.engram.RecallProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A way to recall that is measured, with its scores: whole, and with each arm off in turn. Not
 * thread-safe.
 */
final class RecallMode {
  private final String name;
  private final boolean notes;
  private final boolean vectors;
  private final @Nullable Bounds bounds;
  private final List<Variant> variants = new ArrayList<>();

  /** Recall@10 in percent that must, and that should be reached. */
  record Bounds(double must, double aim) {}

  /**
   * A recall with one arm off.
   *
   * @param off the arm; null for the whole
   */
  record Variant(@Nullable Arm off, RecallScore score) {}

  private RecallMode(String name, boolean notes, boolean vectors, @Nullable Bounds bounds) {
    this.name = name;
    this.notes = notes;
    this.vectors = vectors;
    this.bounds = bounds;
    RecallProfile profile = notes ? RecallProfile.NOTES : RecallProfile.CONVERSATION;
    variants.add(new Variant(null, new RecallScore(name)));
    for (Arm arm : Arm.values()) {
      boolean counts = profile.weight(arm, vectors) > 0 && (vectors || arm != Arm.VECTOR);
      if (counts && !(notes && !vectors)) {
        String title = name + " without " + arm.name().toLowerCase(Locale.ROOT);
        variants.add(new Variant(arm, new RecallScore(title)));
      }
    }
  }

  /** The turns of a conversation, by words alone. */
  static RecallMode words() {
    return new RecallMode("conversation, words", false, false, new Bounds(82.5, 83.9));
  }

  /** The turns of a conversation, by words and vectors. */
  static RecallMode vectors(String model) {
    return new RecallMode("conversation, words+" + model, false, true, new Bounds(86, 87.5));
  }

  /** Turns as notes, by words alone. */
  static RecallMode notesByWords() {
    return new RecallMode("notes, words", true, false, null);
  }

  /** Turns as notes, by words and vectors. */
  static RecallMode notesByVectors(String model) {
    return new RecallMode("notes, words+" + model, true, true, new Bounds(74, 75.4));
  }

  String name() {
    return name;
  }

  /** Whether turns are learned as notes: no session, no speaker, no date. */
  boolean isNotes() {
    return notes;
  }

  @Nullable Bounds bounds() {
    return bounds;
  }

  List<Variant> variants() {
    return variants;
  }

  /** The score with every arm. */
  RecallScore whole() {
    return variants.getFirst().score();
  }

  /** A question as a variant of this mode asks it. */
  Recall recall(String question, Variant variant) {
    Recall recall = Recall.about(question).limit(RecallScore.DEEPEST);
    recall = vectors ? recall : recall.weight(Arm.VECTOR, 0);
    return variant.off() == null ? recall : recall.weight(variant.off(), 0);
  }
}
