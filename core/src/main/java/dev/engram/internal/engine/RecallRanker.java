package dev.engram.internal.engine;

import dev.engram.Recall.Arm;
import dev.engram.RecallProfile;
import dev.engram.internal.engine.CandidateFinder.Candidates;
import dev.engram.internal.engine.Lookup.Area;
import dev.engram.internal.graph.Spread.Activated;
import dev.engram.internal.recall.AnswerLift;
import dev.engram.internal.recall.Associated;
import dev.engram.internal.recall.Measure;
import dev.engram.internal.recall.NodeSet;
import dev.engram.internal.recall.Priors;
import dev.engram.internal.recall.Ranking;
import dev.engram.internal.recall.Ranking.Ranked;
import dev.engram.internal.recall.Scene;
import dev.engram.internal.recall.Scoring;
import dev.engram.internal.recall.SessionShare;
import dev.engram.internal.recall.Similarity;
import dev.engram.internal.recall.TextShare;
import dev.engram.internal.recall.Usage;
import dev.engram.internal.text.TermTable;
import dev.engram.internal.vector.VectorKernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Measures the candidates of a question by each arm and ranks them. The vectors of the most
 * promising are read as they were given, with those of their neighbours. Then association adds what
 * the best lead to, and how memories were used tells apart those that match about equally.
 * Thread-safe.
 */
final class RecallRanker {
  /** So many of the best, at least, are looked up for how they were used. */
  private static final int LEAST_REVIEWED = 128;

  /** This many times the limit are. */
  private static final int REVIEWED_FACTOR = 2;

  private final OpenStore store;
  private final Lookup lookup;
  private final CandidateFinder finder;

  RecallRanker(OpenStore store, CandidateFinder finder) {
    this.store = store;
    this.lookup = store.searcher().lookup();
    this.finder = finder;
  }

  /** Memories that may be among the best, and what their scores are made of. */
  @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
  private record Contest(
      Scene scene, Scoring scoring, int[] rows, @Nullable SessionShare sessions) {
    Contest of(int... some) {
      return new Contest(scene, scoring, some, sessions);
    }

    Set<Integer> nodes() {
      return Arrays.stream(rows).mapToObj(scene::node).collect(Collectors.toSet());
    }

    /** With those of some nodes that are candidates anyway. */
    Contest including(Set<Integer> some) {
      Set<Integer> others = new HashSet<>(some);
      others.removeAll(nodes());
      int[] further =
          others.stream()
              .mapToInt(scene::rowOf)
              .filter(row -> Arrays.binarySearch(scene.candidates(), row) >= 0)
              .toArray();
      return of(IntStream.concat(Arrays.stream(rows), Arrays.stream(further)).toArray());
    }
  }

  List<Ranked> rank(RecallQuestion question, Area area, Candidates candidates, int limit) {
    boolean associates = Associator.isAsked(store, question);
    Contest matches = matches(question, candidates, limit, associates);
    if (!associates && question.mostForUse() == 0) {
      return best(question, matches, limit);
    }
    try (Session now = store.session()) {
      if (!associates) {
        addUse(now, question, matches);
        return best(question, matches, limit);
      }
      Associator associator = new Associator(now, question);
      Map<Integer, Activated> reached = reach(associator, question, area, matches);
      // With vectors, those of what is reached only now are not read yet.
      Contest known = question.vector() == null ? matches.including(reached.keySet()) : matches;
      List<List<Ranked>> rankings = new ArrayList<>();
      for (Contest each : withOthers(question, known, reached.keySet())) {
        addAssociation(question, each, associator, reached);
        addUse(now, question, each);
        rankings.add(best(question, each, limit));
      }
      return Ranking.best(rankings, limit);
    }
  }

  private static List<Ranked> best(RecallQuestion question, Contest contest, int limit) {
    return contest.scoring.best(contest.rows, limit, question.recall().minScore());
  }

  /** The score of one candidate; null where no arm finds it. */
  @Nullable Ranked only(
      RecallQuestion question, Area area, Candidates candidates, int limit, int node) {
    Scene scene = candidates.scene();
    int row = scene.rowOf(node);
    if (row < 0) {
      return null;
    }
    Contest one = byWords(question, scene, null).of(row);
    float[] vector = question.vector();
    if (vector != null) {
      addVectors(one.scoring, scene, question, vector, one.rows);
    }
    boolean associates = Associator.isAsked(store, question);
    try (Session now = store.session()) {
      if (associates) {
        Associator associator = new Associator(now, question);
        Contest matches = matches(question, candidates, limit, true);
        addAssociation(question, one, associator, reach(associator, question, area, matches));
      }
      addUse(now, question, one);
      return one.scoring.isFound(row) ? one.scoring.ranked(row) : null;
    }
  }

  /** What matches the question by itself, as far as that may be among the best at the end. */
  private Contest matches(
      RecallQuestion question, Candidates candidates, int limit, boolean associates) {
    Contest all = byWords(question, candidates.scene(), null);
    int[] rows = all.rows;
    float[] vector = question.vector();
    if (vector != null) {
      rows = Promising.of(all.scoring, question, candidates, limit);
      addVectors(all.scoring, all.scene, question, vector, rows);
    }
    double headroom = question.mostForUse() + (associates ? question.weight(Arm.ASSOCIATION) : 0);
    int most = Math.max(LEAST_REVIEWED, REVIEWED_FACTOR * limit);
    return all.of(all.scoring.contenders(rows, limit, headroom, most));
  }

  private Map<Integer, Activated> reach(
      Associator associator, RecallQuestion question, Area area, Contest matches) {
    Map<Integer, Double> best = new LinkedHashMap<>();
    for (int i = 0; i < Math.min(Associator.SEEDS, matches.rows.length); i++) {
      int row = matches.rows[i];
      best.put(matches.scene.node(row), matches.scoring.score(row));
    }
    return associator.reach(best, area, lookup.chronicle(question.space()));
  }

  /** What is known, and what association leads to beside it. */
  private List<Contest> withOthers(RecallQuestion question, Contest known, Set<Integer> reached) {
    Set<Integer> others = new HashSet<>(reached);
    others.removeAll(known.nodes());
    if (others.isEmpty()) {
      return List.of(known);
    }
    NodeSet nodes = new NodeSet();
    others.forEach(nodes::add);
    Contest further = byWords(question, finder.only(question, nodes).scene(), known.sessions);
    float[] vector = question.vector();
    if (vector != null) {
      addVectors(further.scoring, further.scene, question, vector, further.rows);
    }
    return List.of(known, further);
  }

  private static void addAssociation(
      RecallQuestion question,
      Contest contest,
      Associator associator,
      Map<Integer, Activated> reached) {
    Measure measure = new Associated(contest.scene, reached, associator::path);
    add(contest.scoring, question, Arm.ASSOCIATION, true, measure);
  }

  private static void addUse(Session now, RecallQuestion question, Contest contest) {
    if (question.mostForUse() == 0) {
      return;
    }
    List<@Nullable Usage> usages =
        new UsageReader(now, question.space()).of(contest.scene, contest.rows);
    add(contest.scoring, question, Arm.IMPORTANCE, false, Usage.importance(usages));
    add(contest.scoring, question, Arm.RECENCY, false, Usage.recency(usages));
    add(contest.scoring, question, Arm.REINFORCEMENT, false, Usage.reinforcement(usages));
  }

  /**
   * All candidates of a scene, by what needs no vectors.
   *
   * @param sessions what is known of sessions; null where the scene itself is to tell
   */
  private Contest byWords(RecallQuestion question, Scene scene, @Nullable SessionShare sessions) {
    Scoring scoring = new Scoring(scene);
    SessionShare known = addWords(scoring, scene, question, sessions);
    addPriors(scoring, scene, question);
    return new Contest(scene, scoring, scene.candidates(), known);
  }

  private @Nullable SessionShare addWords(
      Scoring scoring, Scene scene, RecallQuestion question, @Nullable SessionShare sessions) {
    if (!question.usesWords() && question.weight(Arm.SPEAKER) == 0) {
      return null;
    }
    TermTable table = lookup.occurrences(question.space(), question.words(), scene.ordinals());
    TextShare text = new TextShare(scene, table, question.profile());
    add(scoring, question, Arm.TEXT, true, text);
    if (question.weight(Arm.ANSWER) > 0) {
      add(scoring, question, Arm.ANSWER, true, new AnswerLift(scene, text));
    }
    SessionShare known = sessions;
    if (question.weight(Arm.SESSION) > 0) {
      known = known == null ? new SessionShare(scene, text) : known;
      add(scoring, question, Arm.SESSION, true, known.in(scene));
    }
    Measure speaker = Priors.speaker(scene, question.wording(), table.questionTerms());
    add(scoring, question, Arm.SPEAKER, false, speaker);
    return known;
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
      float[] unit = read.get(i);
      if (unit != null) {
        VectorKernels.normalise(unit);
      }
      vectors[wanted[i]] = unit;
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
}
