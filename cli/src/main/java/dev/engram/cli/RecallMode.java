package dev.engram.cli;

import dev.engram.Recall;
import dev.engram.Recall.Arm;
import dev.engram.RecallProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A way to recall that is measured, with its scores: whole, and with each arm off in turn. Not
 * thread-safe.
 */
final class RecallMode {
  private final String name;
  private final Form form;
  private final boolean vectors;
  private final @Nullable Bounds bounds;
  private final List<Variant> variants = new ArrayList<>();

  /** What is known of a turn that is learned. */
  enum Form {
    /** Its session, its speaker and its date. */
    TURN(""),
    /** Its speaker, so that names in questions are known to be names. */
    NOTE(" as notes"),
    /** Nothing. */
    NAMELESS(" as nameless notes");

    private final String suffix;

    Form(String suffix) {
      this.suffix = suffix;
    }

    /** The space of a conversation that is learned so. */
    String space(Conversation conversation) {
      return conversation.id() + suffix;
    }
  }

  /** Recall@10 in percent that must, and that should be reached. */
  record Bounds(double must, double aim) {}

  /**
   * A recall with one arm off.
   *
   * @param off the arm; null for the whole
   */
  record Variant(@Nullable Arm off, RecallScore score) {}

  private RecallMode(String name, Form form, boolean vectors, @Nullable Bounds bounds) {
    this.name = name;
    this.form = form;
    this.vectors = vectors;
    this.bounds = bounds;
    variants.add(new Variant(null, new RecallScore(name)));
    List<Arm> arms = arms();
    if (bounds != null && arms.size() > 1) {
      arms.forEach(arm -> variants.add(new Variant(arm, new RecallScore(name))));
    }
  }

  /** The arms that tell a file's memories apart: none of them was used more, or associated. */
  private List<Arm> arms() {
    RecallProfile profile = form == Form.TURN ? RecallProfile.CONVERSATION : RecallProfile.NOTES;
    return Stream.of(Arm.values())
        .filter(arm -> !arm.isOfUse() && arm != Arm.ASSOCIATION)
        .filter(arm -> profile.weight(arm, vectors) > 0 && (vectors || arm != Arm.VECTOR))
        .toList();
  }

  /** The turns of a conversation, by words alone. */
  static RecallMode words() {
    return new RecallMode("conversation, words", Form.TURN, false, new Bounds(82.5, 83.9));
  }

  /** The turns of a conversation, by words and vectors. */
  static RecallMode vectors(String model) {
    return new RecallMode("conversation, words+" + model, Form.TURN, true, new Bounds(86, 87.5));
  }

  /** Turns as notes, by words alone. */
  static RecallMode notesByWords() {
    return new RecallMode("notes, words", Form.NOTE, false, null);
  }

  /** Turns as notes, by words and vectors. */
  static RecallMode notesByVectors(String model) {
    return new RecallMode("notes, words+" + model, Form.NOTE, true, new Bounds(74, 75.4));
  }

  /** Turns as notes of which nobody knows who said them, by words and vectors. */
  static RecallMode namelessNotes(String model) {
    return new RecallMode("nameless notes, words+" + model, Form.NAMELESS, true, null);
  }

  String name() {
    return name;
  }

  Form form() {
    return form;
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
    // What is found must not count, or the order of the questions would.
    Recall recall = Recall.about(question).limit(RecallScore.DEEPEST).untouched();
    recall = vectors ? recall : recall.weight(Arm.VECTOR, 0);
    return variant.off() == null ? recall : recall.weight(variant.off(), 0);
  }
}
