package dev.engram.internal.recall;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamedDatesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Where did she live in May 2023?            | 2023-05-30 | 1
          Where did she live in May 2023?            | 2022-05-30 | 0
          Where did she live in May?                 | 2020-05-01 | 1
          What happened in 2023?                     | 2023-11-02 | 0.3
          What happened in 2023?                     | 2024-11-02 | 0
          What happened on 8 May 2023?               | 2023-05-08 | 1
          What happened on May 8th, 2023?            | 2023-05-15 | 1
          What happened on the 8th of May?           | 2023-05-05 | 0.65
          What happened on 8 May?                    | 2023-05-30 | 0.3
          What happened on 8 May?                    | 2023-06-03 | 0
          What happened in May?                      | 2023-06-03 | 0.3
          What happened in May?                      | 2023-06-13 | 0
          What happened in December?                 | 2024-01-03 | 0.3
          What happened on 2023-05-08?               | 2023-05-09 | 1
          May I ask about tea?                       | 2023-05-08 | 0
          Did you march on?                          | 2023-03-08 | 0
          Did you go in March?                       | 2023-03-08 | 1
          Who has 12 cats?                           | 2023-12-12 | 0
          What did she buy in june or august?        | 2023-08-20 | 1
          """)
  void matchesTheDatesThatAQuestionNames(String question, String date, double match) {
    Instant noon = Instant.parse(date + "T12:00:00Z");

    assertEquals(match, NamedDates.in(question).match(noon.toEpochMilli()));
  }
}
