package dev.engram.internal.recall;

import dev.engram.internal.text.TermTable;
import java.util.HashMap;
import java.util.Map;

/**
 * The share of the question's information that the whole session of a memory matches: BM25 with
 * sessions for documents, over the sum of the inverse document frequencies of the terms that any
 * session has.
 *
 * <p>What a session holds is what the scene shows of it. Where the scene is not the whole space,
 * that is a lower bound: what is missing is taken to have no term of the question and the average
 * length.
 */
public final class SessionShare implements Measure {
  private final Scene scene;
  private final Map<Integer, Double> shares = new HashMap<>();

  /** What is seen of one session. */
  private static final class Seen {
    final double[] counts;
    double length;
    int missing;

    Seen(int terms, int size) {
      this.counts = new double[terms];
      this.missing = size;
    }
  }

  public SessionShare(Scene scene, TextShare text) {
    this.scene = scene;
    TermTable table = text.table();
    Map<Integer, Seen> sessions = look(text);
    double[] idfs = idfs(table, sessions);
    double information = 0;
    for (double idf : idfs) {
      information += idf;
    }
    double average = table.averageLength() * scene.inSessions() / Math.max(1, scene.sessionCount());
    for (Map.Entry<Integer, Seen> each : sessions.entrySet()) {
      Seen seen = each.getValue();
      double length = seen.length + seen.missing * table.averageLength();
      double share = share(seen.counts, idfs, length / average);
      shares.put(each.getKey(), information == 0 ? 0 : share / information);
    }
  }

  private Map<Integer, Seen> look(TextShare text) {
    int terms = text.table().terms().size();
    Map<Integer, Seen> sessions = new HashMap<>();
    for (int row = 0; row < scene.size(); row++) {
      if (scene.session(row) != Chronicle.NONE) {
        int size = scene.sessionSize(row);
        Seen seen = sessions.computeIfAbsent(scene.session(row), _ -> new Seen(terms, size));
        for (int term = 0; term < terms; term++) {
          seen.counts[term] += text.count(term, row);
        }
        seen.length += text.length(row);
        seen.missing--;
      }
    }
    return sessions;
  }

  /** Of each term; 0 for one that no session has. */
  private double[] idfs(TermTable table, Map<Integer, Seen> sessions) {
    double[] idfs = new double[table.terms().size()];
    for (int term = 0; term < idfs.length; term++) {
      int df = 0;
      for (Seen seen : sessions.values()) {
        df += seen.counts[term] > 0 ? 1 : 0;
      }
      int all = Math.max(df, scene.sessionCount());
      idfs[term] = df == 0 ? 0 : Math.log(1 + (all - df + 0.5) / (df + 0.5));
    }
    return idfs;
  }

  private static double share(double[] counts, double[] idfs, double relativeLength) {
    double sum = 0;
    for (int term = 0; term < counts.length; term++) {
      double tf = counts[term];
      double flat = TextShare.K1 * (1 - TextShare.B + TextShare.B * relativeLength);
      sum += tf == 0 ? 0 : idfs[term] * tf / (tf + flat);
    }
    return sum;
  }

  @Override
  public double of(int row) {
    return shares.getOrDefault(scene.session(row), 0.0);
  }

  /** The same for the memories of another scene, as far as this one knows their sessions. */
  public Measure in(Scene other) {
    return row -> shares.getOrDefault(other.session(row), 0.0);
  }
}
