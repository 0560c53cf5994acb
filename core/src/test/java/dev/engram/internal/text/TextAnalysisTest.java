package dev.engram.internal.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextAnalysisTest {
  private final TextAnalysis analysis = new TextAnalysis();

  private List<String> english(String text) {
    return analysis.analyze(text, "english").terms();
  }

  @Test
  void englishDropsStopWordsAndPossessivesAndStems() {
    assertEquals(List.of("ann", "run", "quick"), english("Why was Ann's running so quickly?"));
    assertEquals(List.of("ann", "boat"), english("I'll: don’t you've what ANN’S boats"));
    assertEquals(List.of("oclock", "obrien"), english("o'clock O’Brien's"));
    assertEquals(
        List.of("exampl", "com", "snake", "case", "3", "14"),
        english("example.com snake_case 3.14"));
    assertEquals(List.of("may"), english("in May"));
  }

  @Test
  void countsRepeatedTermsAndLength() {
    AnalyzedText text = analysis.analyze("boat boats the boat sail", "english");
    assertEquals(4, text.length());
    assertEquals(2, text.size());
    assertEquals(3, text.freq(0));
  }

  @ParameterizedTest
  @CsvSource({
    "german, die Häuser, Haus",
    "french, les maisons, maison",
    "spanish, los caminos, camino",
    "italian, i giardini, giardino",
    "portuguese, os livros, livro",
    "dutch, de boeken, boek",
    "swedish, bilarna, bilar",
    "norwegian, bilene, biler",
    "danish, husene, huset",
    "finnish, talossa, talo",
    "russian, книги, книга",
    "arabic, الكتاب, كتاب",
    "hindi, किताबें, किताब",
    "greek, σπίτια, σπίτι",
    "turkish, evler, ev",
    "romanian, casele, casa",
    "hungarian, házak, ház",
    "czech, hrady, hrad",
    "cjk, 東京都庁, 東京",
    "standard, The Houses, houses",
    "english, the houses, house",
    "thai, ประเทศไทย, ไทย",
    "persian, کتاب‌ها, کتاب",
  })
  void everyLanguageFindsAnotherForm(String language, String text, String question) {
    try (TextIndex index = TextIndex.inMemory()) {
      index.put(1, 0, 0, text, language);
      index.put(1, 0, 1, "xyz", language);
      index.refresh();
      List<TextHit> hits = index.search(TextQuery.of(1, 0, question, 5).in(language));
      assertEquals(List.of(0), hits.stream().map(TextHit::ordinal).toList());
    }
  }

  @Test
  void standardKeepsStopWords() {
    assertEquals(List.of("the", "houses"), analysis.analyze("The houses", "standard").terms());
  }

  @Test
  void survivesAnyUnicode() {
    assertEquals(List.of("🚀", "launch"), english("🚀 launch"));
    assertEquals(english("caf\u00e9"), english("cafe\u0301"));
    assertEquals(List.of("a1", "b2"), english("a1\u0000b2"));
    assertTrue(english("\ud800 x1 \udc00\ud800").contains("x1"));
    assertEquals(List.of("naïv", "東", "京"), english("naïve 東京"));
  }

  @Test
  void splitsTokensThatAreTooLong() {
    String huge = "a".repeat(100_000);
    for (String language : List.of("english", "standard", "german", "cjk", "finnish", "thai")) {
      try (TextIndex index = TextIndex.inMemory()) {
        index.put(1, 0, 0, huge + " " + "京".repeat(50_000), language);
        index.refresh();
        assertEquals(1, index.search(TextQuery.of(1, 0, huge, 5).in(language)).size(), language);
      }
    }
  }

  @Test
  void takesTextsOfSixteenMebibytes() {
    String text = "boats and sails ".repeat(1 << 20);
    try (TextIndex index = TextIndex.inMemory()) {
      index.put(1, 0, 0, text, "english");
      index.refresh();
      TermScore score = index.explain(TextQuery.of(1, 0, "boat", 1), 0).getFirst();
      assertEquals(1 << 20, score.tf());
    }
  }

  @Test
  void hashesTextAndLanguage() {
    long hash = AnalyzedText.hash("one two", "english");
    assertEquals(hash, analysis.analyze("one two", "english").hash());
    assertNotEquals(hash, AnalyzedText.hash("one twp", "english"));
    assertNotEquals(hash, AnalyzedText.hash("one two", "german"));
    assertNotEquals(AnalyzedText.hash("", "a"), AnalyzedText.hash("a", ""));
    assertEquals(
        100_000,
        IntStream.range(0, 100_000)
            .mapToLong(i -> AnalyzedText.hash("t" + i, "x"))
            .distinct()
            .count());
  }

  @Test
  void givesTheSameTermsInManyThreads() throws Exception {
    List<String> expected = english("The running boats of Ann's harbour");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<String>>> results =
          IntStream.range(0, 2_000)
              .mapToObj(i -> threads.submit(() -> english("The running boats of Ann's harbour")))
              .toList();
      for (Future<List<String>> result : results) {
        assertEquals(expected, result.get());
      }
    }
  }
}
