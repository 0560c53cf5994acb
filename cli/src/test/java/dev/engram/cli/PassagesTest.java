package dev.engram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.cli.Passages.Passage;
import java.util.List;
import org.junit.jupiter.api.Test;

class PassagesTest {
  @Test
  void headingsBeginPassagesAndStack() {
    List<Passage> passages =
        Passages.of("intro\n\n# A\n## B ##\nbody\n\n#### C\nmore\n# D\nend", true);
    assertEquals(
        List.of(
            new Passage("intro", 1, ""),
            new Passage("# A\n\n## B ##\n\nbody", 3, "A > B"),
            new Passage("#### C\n\nmore", 7, "A > B > C"),
            new Passage("# D\n\nend", 9, "D")),
        passages);
  }

  @Test
  void aHeadingOfNothingButAWideSpaceIsNone() {
    assertEquals(
        List.of(new Passage("# \u2003\nbody", 1, "")), Passages.of("# \u2003\nbody", true));
  }

  @Test
  void plainTextKnowsNoHeadings() {
    assertEquals(List.of(new Passage("# A\n```\nx", 2, "")), Passages.of("\n# A\n```\nx", false));
  }

  @Test
  void paragraphsAreJoinedUpToTheTargetAndKeptWhole() {
    String paragraph = "word ".repeat(80).strip();
    List<Passage> passages =
        Passages.of(String.join("\n\n", List.of(paragraph, paragraph, paragraph)), true);
    assertEquals(2, passages.size());
    assertEquals(1, passages.get(0).line());
    assertEquals(5, passages.get(1).line());
    assertEquals(paragraph, passages.get(1).text());
  }

  @Test
  void codeFencesAreNotSplitAndHideHeadings() {
    String code = "```sh\n# not a heading\n\n" + "line\n".repeat(300) + "```";
    List<Passage> passages = Passages.of("# T\n\n" + code + "\n\nafter", true);
    assertEquals("# T\n\n" + code, passages.get(0).text());
    assertEquals(new Passage("after", 308, "T"), passages.get(1));
  }

  @Test
  void anEndlessFenceIsSplitAtLines() {
    List<Passage> passages = Passages.of("~~~\n" + "some code\n".repeat(1000), true);
    assertTrue(passages.size() > 5);
    for (Passage passage : passages) {
      assertTrue(passage.text().length() <= Passages.TARGET);
      assertTrue(passage.text().endsWith("some code"));
    }
  }

  @Test
  void longLinesAreSplitAtSentencesAndBlanksAndNothingIsLost() {
    String sentences = "This is one sentence. ".repeat(100).strip();
    String words = "word ".repeat(500).strip();
    String smiles = "x" + "\ud83d\ude00".repeat(1200);
    List<Passage> passages = Passages.of("top\n" + sentences + "\n" + words + "\n" + smiles, true);
    StringBuilder all = new StringBuilder();
    for (Passage passage : passages) {
      assertTrue(passage.text().length() <= Passages.TARGET);
      assertTrue(!Character.isLowSurrogate(passage.text().charAt(0)));
      all.append(passage.text());
    }
    String expected = "top" + sentences + words + smiles;
    assertEquals(expected.replaceAll("\\s", ""), all.toString().replaceAll("\\s", ""));
    assertEquals(List.of(1, 2, 2, 3, 3, 3, 4, 4, 4), passages.stream().map(Passage::line).toList());
  }

  @Test
  void nothingGivesNothing() {
    assertEquals(List.of(), Passages.of("", true));
    assertEquals(List.of(), Passages.of("\n \n\t\n", true));
  }
}
