package dev.engram.internal.text;

import dev.engram.InvalidInputException;
import java.util.function.IntPredicate;

/**
 * One question to one scope. Immutable; {@code allowed} is called by the searching thread, once for
 * each document that could enter the answer.
 *
 * @param collection the collection or memory space
 * @param epoch its epoch
 * @param text the question, in the words of the user
 * @param language how the question is analysed; normally that of the documents
 * @param limit the most hits, from 1; never lowered
 * @param k1 how fast repeated terms saturate, from 0
 * @param b how much long documents are discounted, 0 to 1
 * @param allowed which ordinals may be hits
 */
public record TextQuery(
    int collection,
    int epoch,
    String text,
    String language,
    int limit,
    double k1,
    double b,
    IntPredicate allowed) {
  /** Saturation, as measured in reference/recall.md. */
  public static final double DEFAULT_K1 = 0.9;

  /** Length discount, as measured in reference/recall.md. */
  public static final double DEFAULT_B = 0.3;

  public TextQuery {
    if (limit < 1) {
      throw new InvalidInputException("text search: limit=" + limit + "; give 1 or more");
    }
    if (!(k1 >= 0 && k1 < Double.POSITIVE_INFINITY) || !(b >= 0 && b <= 1)) {
      throw new InvalidInputException(
          "text search: k1=" + k1 + ", b=" + b + "; give k1 from 0 and b from 0 to 1");
    }
    TextAnalysis.checkLanguage(language);
  }

  /** A question with the default weights and no filter. */
  public static TextQuery of(int collection, int epoch, String text, int limit) {
    return new TextQuery(
        collection,
        epoch,
        text,
        TextAnalysis.DEFAULT_LANGUAGE,
        limit,
        DEFAULT_K1,
        DEFAULT_B,
        ordinal -> true);
  }

  /** The same question in another language. */
  public TextQuery in(String otherLanguage) {
    return new TextQuery(collection, epoch, text, otherLanguage, limit, k1, b, allowed);
  }

  /** The same question to the allowed ordinals only. */
  public TextQuery where(IntPredicate filter) {
    return new TextQuery(collection, epoch, text, language, limit, k1, b, filter);
  }

  /** The same question with other weights. */
  public TextQuery weighted(double otherK1, double otherB) {
    return new TextQuery(collection, epoch, text, language, limit, otherK1, otherB, allowed);
  }
}
