package dev.engram.internal.recall;

/**
 * The synapse from question to answer: by how much what was said just before, if it asks something,
 * matches better than the memory itself: max(0, T(d−1) − T(d)).
 */
public final class AnswerLift implements Measure {
  private final Scene scene;
  private final TextShare text;

  public AnswerLift(Scene scene, TextShare text) {
    this.scene = scene;
    this.text = text;
  }

  @Override
  public double of(int row) {
    int asked = scene.before(row, 1);
    return asked == Chronicle.NONE || !scene.shows(asked, Cues.ASKS)
        ? 0
        : Math.max(0, text.alone(asked) - text.alone(row));
  }

  @Override
  public String detail(int row) {
    return of(row) > 0 ? "answers what was just asked" : "";
  }
}
