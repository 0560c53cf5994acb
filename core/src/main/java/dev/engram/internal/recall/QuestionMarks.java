package dev.engram.internal.recall;

/** The cue that most languages share: who asks, writes a question mark. */
enum QuestionMarks implements Cues {
  INSTANCE;

  /** ASCII, Arabic, full width. */
  private static final String MARKS = "?\u061F\uFF1F";

  static boolean asks(String text) {
    for (int i = 0; i < MARKS.length(); i++) {
      if (text.indexOf(MARKS.charAt(i)) >= 0) {
        return true;
      }
    }
    return false;
  }

  @Override
  public int shownBy(String text) {
    return asks(text) ? ASKS : 0;
  }

  @Override
  public boolean asksForATime(String question) {
    return false;
  }
}
