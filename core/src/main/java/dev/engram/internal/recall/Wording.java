package dev.engram.internal.recall;

import dev.engram.internal.recall.Words.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/**
 * A question and the speakers whom it names. Who spoke is known of each memory, so names are taken
 * out of the words that are matched: in a talk of two, a name is in half of what is said to the
 * other, and says nothing of what is asked. Immutable.
 */
public final class Wording {
  /** Words of a name. */
  private static final int MAX_NAME_WORDS = 4;

  private final String text;
  private final List<Mention> mentions;

  /** A name in the question, from {@code start} to {@code end}, with its possessive ending. */
  private record Mention(int start, int end, boolean possessive, List<Integer> speakers) {}

  private Wording(String text, List<Mention> mentions) {
    this.text = text;
    this.mentions = mentions;
  }

  /** The first words of a text. */
  public static String beginning(String text, int count) {
    List<Word> words = Words.of(text);
    return words.size() <= count ? text : text.substring(0, words.get(count - 1).end());
  }

  /** A question in which nobody is looked for. */
  public static Wording plain(String question) {
    return new Wording(question, List.of());
  }

  /**
   * A question and the speakers that it names, in full or by their first name. A name begins with a
   * capital letter, unless the question has none.
   *
   * @param known which speakers may be named
   */
  public static Wording of(String question, SpeakerTable speakers, IntPredicate known) {
    List<Word> words = Words.of(question);
    boolean capitals = words.stream().anyMatch(Word::isCapitalised);
    List<Mention> mentions = new ArrayList<>();
    for (int i = 0; i < words.size(); ) {
      int length = capitals && !words.get(i).isCapitalised() ? 0 : MAX_NAME_WORDS;
      Mention mention = null;
      while (length > 0 && mention == null) {
        mention = i + length > words.size() ? null : mention(words, i, length, speakers, known);
        length = mention == null ? length - 1 : length;
      }
      if (mention != null) {
        mentions.add(mention);
      }
      i += Math.max(1, length);
    }
    return new Wording(question, mentions);
  }

  private static @org.jspecify.annotations.Nullable Mention mention(
      List<Word> words, int from, int length, SpeakerTable speakers, IntPredicate known) {
    StringBuilder name = new StringBuilder();
    for (Word word : words.subList(from, from + length)) {
      name.append(name.isEmpty() ? "" : " ").append(word.text());
    }
    boolean possessive = name.length() > 2 && name.substring(name.length() - 2).equals("'s");
    if (possessive) {
      name.setLength(name.length() - 2);
    }
    List<Integer> called = speakers.called(name.toString()).stream().filter(known::test).toList();
    Word last = words.get(from + length - 1);
    return called.isEmpty()
        ? null
        : new Mention(words.get(from).start(), last.end(), possessive, called);
  }

  /** The question as it was asked. */
  public String text() {
    return text;
  }

  /** The question without the names. */
  public String withoutNames() {
    return replaced("", "");
  }

  /**
   * The question as the one who is named would ask it of himself: "Ann's" is "my", "Ann" is "I".
   */
  public String inFirstPerson() {
    return replaced("I", "my");
  }

  private String replaced(String name, String possessive) {
    StringBuilder out = new StringBuilder();
    int at = 0;
    for (Mention mention : mentions) {
      out.append(text, at, mention.start).append(mention.possessive ? possessive : name);
      at = mention.end;
    }
    return out.append(text, at, text.length()).toString();
  }

  /** The speakers that are named. */
  public Set<Integer> speakers() {
    Set<Integer> all = new TreeSet<>();
    mentions.forEach(mention -> all.addAll(mention.speakers));
    return all;
  }

  /** The one speaker that is named, or {@link Chronicle#NONE} where it is none or several. */
  public int speaker() {
    Set<Integer> all = speakers();
    return all.size() == 1 ? Objects.requireNonNull(all.iterator().next()) : Chronicle.NONE;
  }
}
