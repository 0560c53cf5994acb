package dev.engram.internal.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Prints what applying, opening, searching and refreshing cost. Not a test. */
final class TextIndexSpeed {
  private TextIndexSpeed() {}

  public static void main(String[] args) throws Exception {
    int count = args.length == 0 ? 100_000 : Integer.parseInt(args[0]);
    int scopes = args.length < 2 ? 1 : Integer.parseInt(args[1]);
    Path path = Files.createTempDirectory("text-speed");
    Words words = new Words(new Random(1), 50_000);
    String[] texts = new String[2_000];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = words.text(140);
    }
    System.out.println("chars per text: " + texts[0].length());
    try (TextIndex index = TextIndex.open(path)) {
      analyze(index, texts, count / 2);
      analyze(index, texts, count / 2);
      load(index, texts, count, scopes);
      long start = System.nanoTime();
      index.commit(new TextWatermark(0, 1, "x"));
      print("commit", start, 1);
      start = System.nanoTime();
      index.refresh();
      print("refresh", start, 1);
      System.out.println(index.stats());
      for (int round = 0; round < 3; round++) {
        search(index, words, scopes);
      }
      refreshes(index, texts, count);
      System.out.println(index.stats());
      index.commit(new TextWatermark(0, 2, "x"));
      start = System.nanoTime();
      index.verify();
      print("verify", start, 1);
    }
    for (int i = 0; i < 3; i++) {
      long start = System.nanoTime();
      try (TextIndex index = TextIndex.open(path)) {
        print("open", start, 1);
        index.search(TextQuery.of(0, 0, words.text(5), 10));
        print("open + search", start, 1);
      }
    }
    TextIndex.destroy(path);
  }

  private static void analyze(TextIndex index, String[] texts, int count) {
    long start = System.nanoTime();
    long terms = 0;
    for (int i = 0; i < count; i++) {
      terms += index.analyze(texts[i % texts.length], "english").length();
    }
    print("analyze (" + terms / count + " terms)", start, count);
  }

  private static void load(TextIndex index, String[] texts, int count, int scopes) {
    long start = System.nanoTime();
    long analyzing = 0;
    for (int i = 0; i < count; i++) {
      long before = System.nanoTime();
      AnalyzedText text = index.analyze(texts[(int) (i * 31L % texts.length)], "english");
      analyzing += System.nanoTime() - before;
      index.add(i % scopes, 0, i / scopes, text);
    }
    print("analyze + add", start, count);
    print("  add alone", start + analyzing, count);
  }

  private static void search(TextIndex index, Words words, int scopes) {
    int rounds = 2_000;
    long start = System.nanoTime();
    long hits = 0;
    for (int i = 0; i < rounds; i++) {
      List<TextHit> found = index.search(TextQuery.of(i % scopes, 0, words.text(6), 10));
      hits += found.size();
    }
    print("search, " + hits + " hits", start, rounds);
    start = System.nanoTime();
    for (int i = 0; i < rounds / 10; i++) {
      index.search(TextQuery.of(i % scopes, 0, words.text(6), 10).where(o -> o % 1000 == 0));
    }
    print("search, filter .1 %", start, rounds / 10);
  }

  private static void refreshes(TextIndex index, String[] texts, int count) {
    for (int round = 0; round < 2; round++) {
      long start = System.nanoTime();
      for (int i = 0; i < 1_000; i++) {
        index.add(0, 0, count + 1_000 * round + i, index.analyze(texts[i], "english"));
        index.refresh();
        index.search(TextQuery.of(0, 0, "nothing", 10));
      }
      print("add + refresh + search", start, 1_000);
    }
    long start = System.nanoTime();
    for (int i = 0; i < 500; i++) {
      index.put(0, 0, i, index.analyze(texts[i], "english"));
      index.refresh();
      index.search(TextQuery.of(0, 0, "nothing", 10));
    }
    print("replace + refresh + search", start, 500);
  }

  private static void print(String what, long start, long count) {
    double micros = (System.nanoTime() - start) / 1e3;
    System.out.printf(
        "%-28s %10.1f us each, %9.0f /s%n", what, micros / count, count * 1e6 / micros);
  }
}
