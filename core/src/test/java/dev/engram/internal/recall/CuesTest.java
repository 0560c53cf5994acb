package dev.engram.internal.recall;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CuesTest {
  private static final int ASKS = Cues.ASKS;
  private static final int TIME = Cues.TELLS_A_TIME;
  private static final int DEED = Cues.TELLS_A_DEED;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          How was the concert?               | 1
          The kettle is blue.                | 0
          I went to the lake yesterday.      | 6
          We've just moved, have you?        | 5
          My brother painted the fence.      | 4
          My brother paints fences.          | 0
          See you next week                  | 2
          The last one                       | 0
          At 7 pm                            | 2
          At 7:30pm                          | 2
          a ham sandwich                     | 0
          It opened in 1987.                 | 2
          In May we leave                    | 2
          She may leave                      | 0
          """)
  void readsEnglishTexts(String text, int shown) {
    assertEquals(shown, Cues.in("english").shownBy(text));
    assertEquals(7, ASKS | TIME | DEED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          When did it open?                  | true
          how long did it take               | true
          In which year was that?            | true
          What did she do when it rained?    | false
          """)
  void knowsWhoAsksForATime(String question, boolean asks) {
    assertEquals(asks, Cues.in("english").asksForATime(question));
    assertEquals(false, Cues.in("german").asksForATime(question));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Wie war das Konzert?               | 1
          如何？                              | 1
          Ich ging 1987.                     | 0
          """)
  void knowsOnlyQuestionMarksInOtherLanguages(String text, int shown) {
    assertEquals(shown, Cues.in("german").shownBy(text));
  }
}
