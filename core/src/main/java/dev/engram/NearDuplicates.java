package dev.engram;

/**
 * What learning does where the space already knows nearly the same. Two memories say nearly the
 * same where their vectors are so similar, or, where one of them has none, where they share so many
 * of their words; never where the numbers in their texts differ. They are of the same user, agent,
 * session and speaker, and hold at the same time. Immutable.
 *
 * @param action what is done
 * @param cosine the least similarity of the vectors, above 0 to 1
 * @param words the least share of the words of both that both have, above 0 to 1
 */
public record NearDuplicates(Action action, double cosine, double words) {
  /** The least cosine of near duplicates, unless given. */
  public static final double LEAST_COSINE = .95;

  /** The least share of words of near duplicates, unless given. */
  public static final double LEAST_WORDS = .9;

  /** What is done with a near duplicate. */
  public enum Action {
    /** It is learned as everything is; nobody looks for what is like it. */
    KEEP,
    /** Nothing new is learned: the memory that is there is used, and returned. */
    REINFORCE,
    /**
     * It is learned, and a synapse {@link Synapse#SIMILAR_TO} leads to the memory that is there.
     */
    LINK
  }

  public NearDuplicates {
    checkShare("cosine", cosine);
    checkShare("words", words);
  }

  /** Both are kept, and nothing is looked for. */
  public static NearDuplicates keep() {
    return of(Action.KEEP);
  }

  /** The memory that is there is used and returned instead. */
  public static NearDuplicates reinforce() {
    return of(Action.REINFORCE);
  }

  /**
   * Both are kept, and the new one leads to the other; the synapse is as strong as they are alike.
   */
  public static NearDuplicates link() {
    return of(Action.LINK);
  }

  private static NearDuplicates of(Action action) {
    return new NearDuplicates(action, LEAST_COSINE, LEAST_WORDS);
  }

  /** From which similarity of their vectors on memories say nearly the same. */
  public NearDuplicates cosine(double least) {
    return new NearDuplicates(action, least, words);
  }

  /** From which share of common words on they do, where one of them has no vector. */
  public NearDuplicates words(double least) {
    return new NearDuplicates(action, cosine, least);
  }

  private static void checkShare(String name, double share) {
    if (!(share > 0 && share <= 1)) {
      throw new InvalidInputException(
          "invalid near duplicates: " + name + "=" + share + ", allowed: above 0, at most 1");
    }
  }
}
