package dev.engram.internal.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.ClosedException;
import dev.engram.InvalidInputException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class TextIndexTest {
  private static final long SEED = Long.getLong("engram.seed", System.nanoTime());

  @AutoClose private final TextIndex index = TextIndex.inMemory();

  private void put(int collection, int ordinal, String text) {
    index.put(collection, 0, ordinal, text, "english");
  }

  private List<Integer> ordinals(TextQuery query) {
    return index.search(query).stream().map(TextHit::ordinal).toList();
  }

  @Test
  void scoresAsTheFormulaSaysInEveryScopeThroughChanges() {
    Random random = new Random(SEED);
    Words words = new Words(random, 300);
    PlainBm25[] plain = {new PlainBm25(), new PlainBm25(), new PlainBm25()};
    for (int round = 0; round < 30; round++) {
      for (int i = 0; i < 40; i++) {
        change(random, words, plain);
      }
      index.refresh();
      for (int i = 0; i < 10; i++) {
        compare(random, words, plain);
      }
    }
  }

  private void change(Random random, Words words, PlainBm25[] plain) {
    int collection = random.nextInt(plain.length);
    int ordinal = random.nextInt(200);
    if (random.nextInt(5) == 0) {
      index.delete(collection, 0, ordinal);
      plain[collection].delete(ordinal);
    } else {
      String text = words.text(random.nextInt(20) == 0 ? 400 : random.nextInt(30));
      put(collection, ordinal, text);
      plain[collection].put(ordinal, text);
    }
  }

  private void compare(Random random, Words words, PlainBm25[] plain) {
    int collection = random.nextInt(plain.length);
    int limit = 1 + random.nextInt(50);
    int kept = 1 + random.nextInt(4);
    IntPredicate allowed = ordinal -> ordinal % kept == 0;
    String question = words.text(1 + random.nextInt(6)) + (random.nextBoolean() ? " unseenx" : "");
    TextQuery query = TextQuery.of(collection, 0, question, limit).where(allowed);
    var expected = plain[collection].search(question, limit, allowed);
    List<TextHit> hits = index.search(query);
    assertEquals(expected.size(), hits.size(), () -> "seed " + SEED);
    Map<Integer, Double> all = new HashMap<>();
    plain[collection]
        .search(question, Integer.MAX_VALUE, allowed)
        .forEach(hit -> all.put(hit.getKey(), hit.getValue()));
    for (int i = 0; i < hits.size(); i++) {
      TextHit hit = hits.get(i);
      assertEquals(expected.get(i).getValue(), hit.score(), 1e-6, () -> "seed " + SEED);
      assertEquals(all.get(hit.ordinal()), hit.score(), 1e-6, () -> "seed " + SEED);
      assertEquals(hit.score(), explained(query, hit.ordinal()), 1e-6, () -> "seed " + SEED);
    }
    assertEquals(plain[collection].size(), index.count(collection, 0));
  }

  private double explained(TextQuery query, int ordinal) {
    return index.explain(query, ordinal).stream().mapToDouble(TermScore::contribution).sum();
  }

  @Test
  void breaksTiesByLowerOrdinalWhateverTheOrderOfWriting() {
    List<Integer> order = new ArrayList<>(IntStream.range(0, 500).boxed().toList());
    java.util.Collections.shuffle(order, new Random(SEED));
    for (int ordinal : order) {
      put(1, ordinal, "the same harbour");
      if (ordinal % 50 == 0) {
        index.refresh();
      }
    }
    index.refresh();
    assertEquals(
        IntStream.range(0, 10).boxed().toList(), ordinals(TextQuery.of(1, 0, "harbour", 10)));
    assertEquals(
        List.of(7, 107, 207), ordinals(TextQuery.of(1, 0, "harbour", 3).where(o -> o % 100 == 7)));
  }

  @Test
  void neverReturnsFewerThanTheFilterAllows() {
    Words words = new Words(new Random(SEED), 100);
    for (int ordinal = 0; ordinal < 3_000; ordinal++) {
      put(1, ordinal, words.text(20) + " shared");
    }
    index.refresh();
    for (int kept : new int[] {1, 10, 300, 2_999}) {
      int matches = (2_999 / kept) + 1;
      TextQuery query = TextQuery.of(1, 0, "shared " + words.text(3), 40);
      assertEquals(Math.min(40, matches), index.search(query.where(o -> o % kept == 0)).size());
    }
    assertEquals(3_000, index.search(TextQuery.of(1, 0, "shared", Integer.MAX_VALUE)).size());
    assertTrue(index.search(TextQuery.of(1, 0, "shared", 5).where(o -> false)).isEmpty());
  }

  @Test
  void keepsScopesApart() {
    put(1, 0, "a lighthouse on the coast");
    put(2, 0, "a lighthouse in the hills");
    index.put(1, 1, 0, "a lighthouse of another epoch", "english");
    index.refresh();
    float alone = index.search(TextQuery.of(1, 0, "lighthouse coast", 5)).getFirst().score();
    for (int ordinal = 1; ordinal < 500; ordinal++) {
      put(2, ordinal, "lighthouse coast coast");
    }
    index.refresh();
    assertEquals(alone, index.search(TextQuery.of(1, 0, "lighthouse coast", 5)).getFirst().score());
    assertEquals(List.of(0), ordinals(TextQuery.of(1, 0, "lighthouse", 5)));
    index.deleteScope(2, 0);
    index.refresh();
    assertEquals(0, index.count(2, 0));
    assertTrue(ordinals(TextQuery.of(2, 0, "lighthouse", 5)).isEmpty());
    assertEquals(List.of(0), ordinals(TextQuery.of(1, 1, "lighthouse", 5)));
  }

  @Test
  void replacesDeletesAndClears() {
    put(1, 5, "red apples");
    put(1, 5, "green pears");
    put(1, 6, "green plums");
    index.refresh();
    assertTrue(ordinals(TextQuery.of(1, 0, "apples", 5)).isEmpty());
    assertEquals(List.of(5, 6), ordinals(TextQuery.of(1, 0, "green", 5)));
    index.delete(1, 0, 5);
    assertEquals(2, index.count(1, 0), "not visible before a refresh");
    index.refresh();
    assertEquals(1, index.count(1, 0));
    assertFalse(index.contains(1, 0, 5));
    assertTrue(index.contains(1, 0, 6));
    index.clear();
    put(1, 7, "blue grapes");
    index.refresh();
    assertEquals(List.of(7), ordinals(TextQuery.of(1, 0, "green blue", 5)));
  }

  @Test
  void givesEqualScoresForEqualContentWhateverTheHistory() {
    try (TextIndex fresh = TextIndex.inMemory()) {
      Words words = new Words(new Random(SEED), 50);
      for (int ordinal = 0; ordinal < 100; ordinal++) {
        String text = words.text(12);
        put(1, ordinal, words.text(30));
        index.refresh();
        put(1, ordinal, text);
        fresh.add(1, 0, ordinal, fresh.analyze(text, "english"));
      }
      index.refresh();
      fresh.refresh();
      TextQuery query = TextQuery.of(1, 0, words.text(5), 100);
      assertEquals(fresh.search(query), index.search(query));
    }
  }

  @Test
  void findsNothingForBlankStopWordAndUnknownQuestions() {
    put(1, 0, "what is this");
    put(1, 1, "");
    put(1, 2, "harbour");
    index.refresh();
    assertEquals(3, index.count(1, 0));
    for (String text : List.of("", "   ", "what is this", "zebra", "\u0000")) {
      assertTrue(index.search(TextQuery.of(1, 0, text, 10)).isEmpty());
    }
    assertTrue(index.search(TextQuery.of(9, 9, "harbour", 10)).isEmpty());
    assertTrue(index.explain(TextQuery.of(1, 0, "harbour", 10), 77).isEmpty());
  }

  @Test
  void explainsTheTermsThatMatched() {
    put(1, 0, "the red boat, the red sail");
    put(1, 1, "a blue boat");
    index.refresh();
    List<TermScore> scores = index.explain(TextQuery.of(1, 0, "red boats sinking", 10), 0);
    assertEquals(List.of("red", "boat"), scores.stream().map(TermScore::term).toList());
    assertEquals(2, scores.getFirst().tf());
    assertEquals(Math.log(1 + (2 - 1 + .5) / (1 + .5)), scores.getFirst().idf(), 1e-12);
  }

  @Test
  void answersQuestionsOfManyThousandTerms() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      text.append("word").append(i).append(' ');
    }
    put(1, 0, text.toString());
    put(1, 1, "word17");
    index.refresh();
    assertEquals(List.of(0, 1), ordinals(TextQuery.of(1, 0, text.toString(), 10)));
  }

  @Test
  void listsKeysWithTheHashOfTheirText() {
    put(3, 1, "one");
    put(3, 2, "two");
    put(4, 1, "three");
    index.delete(3, 0, 2);
    index.refresh();
    Set<String> keys = new HashSet<>();
    index.forEachKey((c, e, o, hash) -> keys.add(c + "/" + e + "/" + o + "/" + hash));
    assertEquals(
        Set.of(
            "3/0/1/" + AnalyzedText.hash("one", "english"),
            "4/0/1/" + AnalyzedText.hash("three", "english")),
        keys);
  }

  @Test
  void refusesWhatIsOutsideItsContract() {
    assertThrows(InvalidInputException.class, () -> TextQuery.of(1, 0, "x", 0));
    assertThrows(InvalidInputException.class, () -> TextQuery.of(1, 0, "x", 1).weighted(-1, 0));
    assertThrows(InvalidInputException.class, () -> TextQuery.of(1, 0, "x", 1).weighted(1, 1.1));
    assertThrows(InvalidInputException.class, () -> TextQuery.of(1, 0, "x", 1).in("klingon"));
    assertThrows(InvalidInputException.class, () -> put(-1, 0, "x"));
    assertThrows(InvalidInputException.class, () -> put(1, -1, "x"));
    var error = assertThrows(InvalidInputException.class, () -> index.analyze("x", "klingon"));
    assertTrue(error.getMessage().contains("english"));
  }

  @Test
  void passesOnWhatTheFilterThrows() {
    put(1, 0, "harbour");
    index.refresh();
    var failure = new IllegalStateException("mine");
    TextQuery query =
        TextQuery.of(1, 0, "harbour", 1)
            .where(ordinal -> {
              throw failure;
            });
    assertSame(failure, assertThrows(IllegalStateException.class, () -> index.search(query)));
  }

  @Test
  void saysThatItIsClosed() {
    index.close();
    index.close();
    assertThrows(ClosedException.class, () -> index.search(TextQuery.of(1, 0, "x", 1)));
    assertThrows(ClosedException.class, () -> put(1, 0, "x"));
    assertThrows(ClosedException.class, index::refresh);
    assertThrows(ClosedException.class, index::stats);
    assertThrows(ClosedException.class, () -> index.commit(new TextWatermark(0, 0, "x")));
  }

  @Test
  void holdsTenThousandSmallScopes() {
    AnalyzedText[] texts = new AnalyzedText[5];
    for (int i = 0; i < texts.length; i++) {
      texts[i] =
          index.analyze("note number" + i + " about sailing " + "wind ".repeat(i), "english");
    }
    for (int scope = 0; scope < 10_000; scope++) {
      for (int ordinal = 0; ordinal < texts.length; ordinal++) {
        index.add(scope, 3, ordinal, texts[ordinal]);
      }
    }
    index.refresh();
    float[] scores = new float[2];
    for (int scope = 0; scope < 10_000; scope += 97) {
      List<TextHit> hits = index.search(TextQuery.of(scope, 3, "number4 wind", 10));
      assertEquals(4, hits.size());
      assertEquals(4, hits.getFirst().ordinal());
      scores[Math.min(scope, 1)] = hits.getFirst().score();
    }
    assertEquals(scores[0], scores[1]);
    assertEquals(50_000, index.stats().documents());
  }
}
