package dev.engram.bench;

import dev.engram.Learning;
import dev.engram.RecordId;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.util.Iterator;
import java.util.Locale;
import java.util.Random;
import java.util.stream.LongStream;

/**
 * A long talk, the same in every run: turns of about sixty characters, in sessions of twenty, by
 * many speakers, over years. A session has a topic, from which half of its words are; the others
 * follow the law of Zipf.
 */
final class Talk {
  private static final int WORDS = 30_000;
  private static final int SPEAKERS = 40;
  private static final int SESSION = 20;
  private static final int TURN_WORDS = 9;
  private static final int TOPICS = 750;
  private static final int TOPIC_WORDS = WORDS / TOPICS;

  /** Words of lower ranks are in every text, such as articles in English. */
  private static final int COMMON_WORDS = 300;

  private static final double COMMON_WEIGHT = 0.2;
  private static final Instant BEGIN = Instant.parse("2030-01-01T08:00:00Z");

  private final int turns;

  Talk(int turns) {
    this.turns = turns;
  }

  Iterator<Learning> learnings() {
    return LongStream.range(0, turns).mapToObj(this::learning).iterator();
  }

  private Learning learning(long turn) {
    return Learning.of(text(turn))
        .withId(RecordId.of(turn))
        .inSession("session " + turn / SESSION)
        .saidBy(speaker(turn))
        .occurredAt(moment(turn))
        .allowDuplicates();
  }

  private static String text(long turn) {
    Random random = new Random(turn);
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < TURN_WORDS; i++) {
      int rank = random.nextBoolean() ? topical(turn, random) : zipf(random);
      out.append(i == 0 ? "" : " ").append(word(rank));
    }
    return out.append(random.nextInt(5) == 0 ? "?" : ".").toString();
  }

  /** Rank r comes with a chance of about 1 / r. */
  private static int zipf(Random random) {
    return (int) Math.exp(random.nextDouble() * Math.log(WORDS));
  }

  /** A word of the session's topic; those of a topic are {@link #TOPICS} ranks apart. */
  private static int topical(long turn, Random random) {
    long topic = turn / SESSION * 7_919 % TOPICS;
    return COMMON_WORDS + (int) topic + TOPICS * random.nextInt(TOPIC_WORDS);
  }

  private static String word(int rank) {
    return "w" + Integer.toString(rank + 10_000, 36);
  }

  /** What a word says of what a text is about. */
  static double weight(String word) {
    return rank(word) < COMMON_WORDS ? COMMON_WEIGHT : 1;
  }

  /** The number of the topic that a word belongs to; negative for a common word. */
  static int topic(String word) {
    int rank = rank(word);
    return rank < COMMON_WORDS ? -1 : (rank - COMMON_WORDS) % TOPICS;
  }

  /** The rank of a word; 0 for what is none of these. */
  private static int rank(String word) {
    boolean known = word.startsWith("w") && word.length() > 3 && word.length() < 7;
    return known ? Integer.parseInt(word.substring(1), 36) - 10_000 : 0;
  }

  private static String speaker(long turn) {
    long session = turn / SESSION;
    long who = turn % 2 == 0 ? session % SPEAKERS : (session / SPEAKERS + session + 1) % SPEAKERS;
    return "Speaker" + (char) ('a' + who / 26) + (char) ('a' + who % 26);
  }

  private static Instant moment(long turn) {
    return BEGIN.plusSeconds(turn / SESSION * 3_600);
  }

  /** A turn, and a question with some of its words, its speaker and perhaps its month. */
  record Asked(long turn, String question) {}

  Asked ask(Random random) {
    long turn = random.nextInt(turns);
    String[] words = text(turn).replaceAll("[.?]", "").split(" ", -1);
    StringBuilder question = new StringBuilder("What did ").append(speaker(turn)).append(" say of");
    for (int i = 0; i < 5; i++) {
      question.append(' ').append(words[(i * 2 + 1) % words.length]);
    }
    if (random.nextBoolean()) {
      var date = moment(turn).atOffset(ZoneOffset.UTC);
      String month = date.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      question.append(" in ").append(month).append(' ').append(date.getYear());
    }
    return new Asked(turn, question.append('?').toString());
  }
}
