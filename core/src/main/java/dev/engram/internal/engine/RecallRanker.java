package dev.engram.internal.engine;

import dev.engram.Recall.Arm;
import dev.engram.RecallProfile;
import dev.engram.internal.engine.CandidateFinder.Candidates;
import dev.engram.internal.recall.AnswerLift;
import dev.engram.internal.recall.Chronicle;
import dev.engram.internal.recall.Measure;
import dev.engram.internal.recall.NodeSet;
import dev.engram.internal.recall.Priors;
import dev.engram.internal.recall.Ranking.Ranked;
import dev.engram.internal.recall.Scene;
import dev.engram.internal.recall.Scoring;
import dev.engram.internal.recall.SessionShare;
import dev.engram.internal.recall.Similarity;
import dev.engram.internal.recall.TextShare;
import dev.engram.internal.text.TermTable;
import dev.engram.internal.vector.VectorKernels;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Measures the candidates of a question by each arm and ranks them. The vectors of the most
 * promising are read as they were given, with those of their neighbours. Thread-safe.
 */
final class RecallRanker {
  /** So many candidates, at least, have their vectors read. */
  private static final int LEAST_COMPARED = 128;

  /** This many times the limit have their vectors read. */
  private static final int COMPARED_FACTOR = 2;

  private final OpenStore store;
  private final Lookup lookup;

  RecallRanker(OpenStore store) {
    this.store = store;
    this.lookup = store.searcher().lookup();
  }

  List<Ranked> rank(RecallQuestion question, Candidates candidates, int limit) {
    Scoring scoring = withoutVectors(question, candidates.scene());
    int[] rows = candidates.scene().candidates();
    float[] vector = question.vector();
    if (vector != null) {
      rows = promising(scoring, question, candidates, limit);
      addVectors(scoring, candidates.scene(), question, vector, rows);
    }
    return scoring.best(rows, limit, question.recall().minScore());
  }

  /** The score of one candidate; null where no arm finds it. */
  @Nullable Ranked only(RecallQuestion question, Candidates candidates, int node) {
    Scene scene = candidates.scene();
    int row = scene.rowOf(node);
    if (row < 0) {
      return null;
    }
    Scoring scoring = withoutVectors(question, scene);
    float[] vector = question.vector();
    if (vector != null) {
      addVectors(scoring, scene, question, vector, new int[] {row});
    }
    return scoring.isFound(row) ? scoring.ranked(row) : null;
  }

  private Scoring withoutVectors(RecallQuestion question, Scene scene) {
    Scoring scoring = new Scoring(scene);
    addWords(scoring, scene, question);
    addPriors(scoring, scene, question);
    return scoring;
  }

  private void addWords(Scoring scoring, Scene scene, RecallQuestion question) {
    if (!question.usesWords() && question.weight(Arm.SPEAKER) == 0) {
      return;
    }
    TermTable table = lookup.occurrences(question.space(), question.words(), scene.ordinals());
    TextShare text = new TextShare(scene, table, question.profile());
    add(scoring, question, Arm.TEXT, true, text);
    if (question.weight(Arm.ANSWER) > 0) {
      add(scoring, question, Arm.ANSWER, true, new AnswerLift(scene, text));
    }
    if (question.weight(Arm.SESSION) > 0) {
      add(scoring, question, Arm.SESSION, true, new SessionShare(scene, text));
    }
    Measure speaker = Priors.speaker(scene, question.wording(), table.questionTerms());
    add(scoring, question, Arm.SPEAKER, false, speaker);
  }

  private static void addPriors(Scoring scoring, Scene scene, RecallQuestion question) {
    add(scoring, question, Arm.TIME, true, Priors.time(scene, question.dates()));
    RecallProfile.Cues cues = question.profile().cues(question.vector() != null);
    if (!cues.equals(RecallProfile.Cues.NONE)) {
      Measure shown = Priors.cues(scene, cues, question.asksForATime(), question.wording());
      add(scoring, question, Arm.CUES, false, shown);
    }
  }

  private static void add(
      Scoring scoring, RecallQuestion question, Arm arm, boolean finds, Measure measure) {
    scoring.add(arm.name().toLowerCase(Locale.ROOT), question.weight(arm), finds, measure);
  }

  private void addVectors(
      Scoring scoring, Scene scene, RecallQuestion question, float[] vector, int[] rows) {
    float[] @Nullable [] vectors = new float[scene.size()][];
    int[] wanted = withNeighbours(scene, question.profile(), rows);
    int[] ordinals = Arrays.stream(wanted).map(scene::ordinal).toArray();
    List<float @Nullable []> read =
        store.vectorKind().originals(question.space().row()).vectors(ordinals);
    for (int i = 0; i < wanted.length; i++) {
      float[] original = read.get(i);
      vectors[wanted[i]] = original == null ? null : VectorKernels.normalised(original);
    }
    Measure similarity = new Similarity(scene, question.profile(), vector, vectors);
    add(scoring, question, Arm.VECTOR, true, similarity);
  }

  private static int[] withNeighbours(Scene scene, RecallProfile profile, int[] rows) {
    NodeSet all = new NodeSet();
    for (int row : rows) {
      all.add(row);
      for (int steps = 1; steps <= profile.before().size(); steps++) {
        all.add(scene.before(row, steps));
      }
      for (int steps = 1; steps <= profile.after().size(); steps++) {
        all.add(scene.after(row, steps));
      }
    }
    return all.toArray();
  }

  /** The candidates that may be among the best once their vectors are compared. */
  private static int[] promising(
      Scoring scoring, RecallQuestion question, Candidates candidates, int limit) {
    int[] rows = candidates.scene().candidates();
    int count = Math.max(LEAST_COMPARED, COMPARED_FACTOR * limit);
    if (rows.length <= count) {
      return rows;
    }
    Expectation expected = new Expectation(candidates, question);
    double[] scores = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      double similarity = question.weight(Arm.VECTOR) * expected.of(rows[i]);
      scores[i] = scoring.score(rows[i]) + similarity;
    }
    return best(rows, scores, count);
  }

  /** Some rows of the highest scores; of equal ones the first. */
  private static int[] best(int[] rows, double[] scores, int count) {
    double[] ascending = scores.clone();
    Arrays.sort(ascending);
    double least = ascending[ascending.length - count];
    int better = 0;
    for (double score : scores) {
      better += score > least ? 1 : 0;
    }
    int[] best = new int[count];
    int equal = count - better;
    int taken = 0;
    for (int i = 0; i < rows.length; i++) {
      if (scores[i] > least || (scores[i] == least && equal-- > 0)) {
        best[taken++] = rows[i];
      }
    }
    return best;
  }

  /** What is to be expected of a memory's similarity, as far as the nearest vectors tell. */
  private static final class Expectation {
    /** The length of a vector mixed with its neighbours, about. */
    private static final double MIXED_LENGTH = 1.5;

    private final Scene scene;
    private final Map<Integer, Double> known;
    private final RecallProfile profile;
    private final double farthest;

    Expectation(Candidates candidates, RecallQuestion question) {
      this.scene = candidates.scene();
      this.known = candidates.similarities();
      this.profile = question.profile();
      this.farthest = known.values().stream().mapToDouble(d -> d).min().orElse(0);
    }

    double of(int row) {
      if (!profile.hasContext()) {
        return similarity(row);
      }
      double sum = similarity(row);
      for (int steps = 1; steps <= profile.before().size(); steps++) {
        sum += profile.before().get(steps - 1) * similarity(scene.before(row, steps));
      }
      for (int steps = 1; steps <= profile.after().size(); steps++) {
        sum += profile.after().get(steps - 1) * similarity(scene.after(row, steps));
      }
      return sum / MIXED_LENGTH;
    }

    private double similarity(int row) {
      return row == Chronicle.NONE ? 0 : known.getOrDefault(scene.ordinal(row), farthest);
    }
  }
}
