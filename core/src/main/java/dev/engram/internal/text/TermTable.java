package dev.engram.internal.text;

import java.util.Arrays;
import java.util.List;

/**
 * How often each term of a question occurs in some documents of one scope, with the statistics of
 * the scope. Filled by one thread, then not changed.
 */
public final class TermTable {
  private final int questionTerms;
  private final long documents;
  private final double averageLength;
  private final double information;
  private final List<String> terms;
  private final double[] idfs;
  private final int[] ordinals;
  private final int[] lengths;
  private final int[][] counts;

  /**
   * @param questionTerms the distinct terms of the question, those included that the scope lacks
   */
  TermTable(
      int questionTerms,
      long documents,
      double averageLength,
      double information,
      List<String> terms,
      double[] idfs,
      int[] ordinals) {
    this.questionTerms = questionTerms;
    this.documents = documents;
    this.averageLength = averageLength;
    this.information = information;
    this.terms = terms;
    this.idfs = idfs;
    this.ordinals = ordinals;
    this.lengths = new int[ordinals.length];
    this.counts = new int[terms.size()][ordinals.length];
  }

  /** A table of no terms: nothing of the question is in the scope. */
  static TermTable empty(int questionTerms, int[] ordinals) {
    return new TermTable(questionTerms, 0, 0, 0, List.of(), new double[0], ordinals);
  }

  void setCount(int term, int row, int count) {
    counts[term][row] = count;
  }

  void setLength(int row, long length) {
    lengths[row] = (int) Math.min(Integer.MAX_VALUE, length);
  }

  /** The distinct terms of the question, those included that the scope lacks. */
  public int questionTerms() {
    return questionTerms;
  }

  /** The documents of the scope. */
  public long documents() {
    return documents;
  }

  /** Their average length, in terms. */
  public double averageLength() {
    return averageLength;
  }

  /**
   * The information of the whole question: the sum of the inverse document frequencies of its
   * distinct terms, where a term that the scope does not have counts ½ ln(1 + N / 0.5).
   */
  public double information() {
    return information;
  }

  /** The distinct terms of the question that the scope has. */
  public List<String> terms() {
    return terms;
  }

  /** The inverse document frequency of a term. */
  public double idf(int term) {
    return idfs[term];
  }

  /** How many documents were asked for. */
  public int size() {
    return ordinals.length;
  }

  /** The documents asked for, ascending. */
  public int ordinal(int row) {
    return ordinals[row];
  }

  /** How often a term occurs in a document; 0 also for one that is not there. */
  public int count(int term, int row) {
    return counts[term][row];
  }

  /** The length of a document in terms; 0 for one that is not there. */
  public int length(int row) {
    return lengths[row];
  }

  /** The row of an ordinal; negative where it was not asked for. */
  public int row(int ordinal) {
    return Arrays.binarySearch(ordinals, ordinal);
  }
}
