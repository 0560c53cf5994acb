package dev.engram.internal.recall;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** The cues of English, chat-like texts: word lists, no grammar. */
enum EnglishCues implements Cues {
  INSTANCE;

  private static final Pattern ASKS_FOR_A_TIME =
      Pattern.compile(
          "^\\s*(when|how long)\\b|\\b(what|which) (year|month|day|date)\\b",
          Pattern.CASE_INSENSITIVE);

  private static final Set<String> TIMES =
      Set.of(
          "january february march april june july august september october november december"
              .concat(" monday tuesday wednesday thursday friday saturday sunday yesterday today")
              .concat(" tomorrow tonight ago weekend jan feb apr aug sept oct nov dec")
              .split(" ", -1));

  /** Times behind "last", "next" or "this". */
  private static final Set<String> SPANS =
      Set.of(
          "week month year weekend night day summer winter spring fall autumn morning evening"
              .concat(" afternoon few couple time")
              .split(" ", -1));

  private static final Set<String> POINTERS = Set.of("last", "next", "this", "past");

  private static final Set<String> SUBJECTS = Set.of("i", "we");

  private static final Set<String> SUBJECTS_WITH_HAVE =
      Set.of("i've", "we've", "i'd", "we'd", "ive", "weve");

  /** What may stand between the subject and the verb. */
  private static final Set<String> BETWEEN =
      Set.of(
          "just also have had recently finally already even actually really once never always both"
              .concat(" all only still first then ever been")
              .split(" ", -1));

  private static final Set<String> IRREGULAR_PASTS =
      Set.of(
          "went got bought made took came saw did had was were found gave met ran won lost wrote"
              .concat(" read began became felt left kept told said thought brought taught caught")
              .concat(" built sent spent held heard led paid put set sat stood slept spoke swam")
              .concat(" sang drove drew ate drank broke chose fell flew forgot grew hit hung hurt")
              .concat(" knew lent let rode rose shot shut sold threw understood woke wore gone")
              .concat(" been done seen taken given written eaten driven known grown chosen")
              .split(" ", -1));

  @Override
  public int shownBy(String text) {
    List<String> words = Words.lowerCase(text);
    return (QuestionMarks.asks(text) ? ASKS : 0)
        | (tellsATime(words, text) ? TELLS_A_TIME : 0)
        | (tellsADeed(words) ? TELLS_A_DEED : 0);
  }

  @Override
  public boolean asksForATime(String question) {
    return ASKS_FOR_A_TIME.matcher(question).find();
  }

  private static boolean tellsATime(List<String> words, String text) {
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (TIMES.contains(word)
          || isYear(word)
          || isClockTime(words, i)
          || (POINTERS.contains(word) && SPANS.contains(at(words, i + 1)))) {
        return true;
      }
    }
    return text.contains("May ") || text.contains(" May");
  }

  private static boolean isYear(String word) {
    return word.length() == 4
        && (word.startsWith("19") || word.startsWith("20"))
        && word.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** As in "7 pm", "7pm" and "7:30 pm", of which the words are 7, 30 and pm. */
  private static boolean isClockTime(List<String> words, int i) {
    String word = words.get(i);
    if (word.equals("am") || word.equals("pm")) {
      return i > 0 && isNumber(words.get(i - 1));
    }
    return (word.endsWith("am") || word.endsWith("pm"))
        && isNumber(word.substring(0, word.length() - 2));
  }

  private static boolean isNumber(String word) {
    return !word.isEmpty() && word.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static boolean tellsADeed(List<String> words) {
    for (int i = 0; i < words.size(); i++) {
      int verb = afterSubject(words, i);
      if (verb > 0 && (isPast(at(words, verb)) || isPastAfter(words, verb))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isPastAfter(List<String> words, int between) {
    return BETWEEN.contains(at(words, between)) && isPast(at(words, between + 1));
  }

  /** Where the verb of a subject at a place may be; 0 where there is no subject. */
  private static int afterSubject(List<String> words, int i) {
    String word = words.get(i);
    if (SUBJECTS.contains(word) || SUBJECTS_WITH_HAVE.contains(word)) {
      return i + 1;
    }
    return word.equals("my") ? i + 2 : 0;
  }

  private static boolean isPast(String word) {
    return (word.length() > 3 && word.endsWith("ed")) || IRREGULAR_PASTS.contains(word);
  }

  private static String at(List<String> words, int i) {
    return i < words.size() ? words.get(i) : "";
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
