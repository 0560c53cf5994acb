package dev.engram.internal.recall;

/**
 * What a language shows of a text without understanding it. Found once when a memory is learned,
 * and never by looking at a question. Stateless and thread-safe.
 */
public interface Cues {
  /** The text asks something. */
  int ASKS = 1;

  /** The text tells a time, such as a month, a weekday or "last week". */
  int TELLS_A_TIME = 2;

  /** The text tells what its speaker did: "I went", "we have just moved". */
  int TELLS_A_DEED = 4;

  /** The cues of a text, as bits. */
  int shownBy(String text);

  /** Whether a question asks for a time. */
  boolean asksForATime(String question);

  /** The cues of a language; of most languages only the question mark is known. */
  static Cues in(String language) {
    return language.equals("english") ? EnglishCues.INSTANCE : QuestionMarks.INSTANCE;
  }
}
