package dev.engram.internal.recall;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordingTest {
  private final SpeakerTable speakers = new SpeakerTable();
  private final int ida = speakers.enter("Ida");
  private final int otto = speakers.enter("Otto Brand");
  private final int will = speakers.enter("will");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          What did Ida plant?              | 'What did  plant?'       | What did I plant?
          Where is Ida's cat?              | 'Where is  cat?'         | Where is my cat?
          Is Otto Brand’s violin old?      | 'Is  violin old?'        | Is my violin old?
          What does Otto play?             | 'What does  play?'       | What does I play?
          What will ida plant?             | What will ida plant?     | What will ida plant?
          what does ida plant              | 'what does  plant'       | what does I plant
          Who is Idabel?                   | Who is Idabel?           | Who is Idabel?
          """)
  void takesTheNamesOfSpeakersOut(String question, String without, String rewritten) {
    Wording wording = Wording.of(question, speakers, _ -> true);

    assertEquals(without, wording.withoutNames());
    assertEquals(rewritten, wording.inFirstPerson());
    assertEquals(question, wording.text());
  }

  @Test
  void knowsTheOneSpeakerThatIsNamed() {
    assertEquals(ida, Wording.of("Ida's cat", speakers, _ -> true).speaker());
    assertEquals(otto, Wording.of("Otto and the cat", speakers, _ -> true).speaker());
    assertEquals(Chronicle.NONE, Wording.of("Ida and Otto", speakers, _ -> true).speaker());
    assertEquals(Set.of(ida, otto), Wording.of("Ida and Otto", speakers, _ -> true).speakers());
    assertEquals(Chronicle.NONE, Wording.of("Ida's cat", speakers, s -> s == otto).speaker());
    assertEquals(will, Wording.of("What will Will do?", speakers, _ -> true).speaker());
    assertEquals(Chronicle.NONE, Wording.plain("Ida's cat").speaker());
  }

  @Test
  void forgetsSpeakersWhoHaveNothingLeft() {
    speakers.leave(ida);

    assertEquals(Chronicle.NONE, Wording.of("Ida's cat", speakers, _ -> true).speaker());
    assertEquals(2, speakers.count());
  }
}
