package dev.engram.internal.recall;

import dev.engram.internal.recall.Words.Word;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The months, years and days that a question names, in English, and how well a date matches them.
 * Days without a month say nothing. Immutable.
 *
 * <p>match(date) = 0 unless a month or year is named, and 0 where years are named and the date's is
 * not among them; else, where the month is the date's: 1, or, where a day D is named too: 1 for 0 ≤
 * day − D ≤ 7 (what happened is often told within the week), 0.65 for |day − D| ≤ 3, 0.3 else;
 * where only the year is named: 0.3; where no day is named and the date is one of the first ten
 * days of the month after the named: 0.3.
 */
public final class NamedDates {
  private static final double SAME_MONTH = 1;
  private static final double NEAR_DAY = 0.65;
  private static final double FAINT = 0.3;
  private static final long DAY_MILLIS = 86_400_000;

  /** A longer time is taken to hold a day that matches. */
  private static final int MAX_DAYS_TRIED = 62;

  private static final int DAYS_AFTER = 7;
  private static final int DAYS_AROUND = 3;
  private static final int DAYS_OF_NEXT_MONTH = 10;

  private static final Map<String, Integer> MONTHS =
      Map.ofEntries(
          Map.entry("january", 1),
          Map.entry("jan", 1),
          Map.entry("february", 2),
          Map.entry("feb", 2),
          Map.entry("march", 3),
          Map.entry("april", 4),
          Map.entry("apr", 4),
          Map.entry("may", 5),
          Map.entry("june", 6),
          Map.entry("july", 7),
          Map.entry("august", 8),
          Map.entry("aug", 8),
          Map.entry("september", 9),
          Map.entry("sept", 9),
          Map.entry("sep", 9),
          Map.entry("october", 10),
          Map.entry("oct", 10),
          Map.entry("november", 11),
          Map.entry("nov", 11),
          Map.entry("december", 12),
          Map.entry("dec", 12));

  private final List<Integer> months = new ArrayList<>();
  private final List<Integer> years = new ArrayList<>();
  private final List<Integer> days = new ArrayList<>();

  private NamedDates() {}

  /** The dates that a question names. */
  public static NamedDates in(String question) {
    NamedDates dates = new NamedDates();
    List<Word> words = Words.of(question);
    for (int i = 0; i < words.size(); i++) {
      dates.look(words, i);
    }
    return dates;
  }

  /** Whether the question names no month and no year. */
  public boolean isEmpty() {
    return months.isEmpty() && years.isEmpty();
  }

  /** How well the date of an instant, in UTC, matches: 0 to 1. */
  public double match(long epochMillis) {
    return isEmpty()
        ? 0
        : match(LocalDate.ofInstant(Instant.ofEpochMilli(epochMillis), ZoneOffset.UTC));
  }

  /** The instants that match at all. */
  public Moments moments() {
    return new Matching();
  }

  /** Remembers the last day, so that it is fast for instants in order. */
  private final class Matching implements Moments {
    private long day = Long.MIN_VALUE;
    private boolean matches;

    @Override
    public boolean has(long millis) {
      return hasDay(Math.floorDiv(millis, DAY_MILLIS));
    }

    @Override
    public boolean mayLieBetween(long firstMillis, long lastMillis) {
      long first = Math.floorDiv(firstMillis, DAY_MILLIS);
      long last = Math.floorDiv(lastMillis, DAY_MILLIS);
      if (last - first >= MAX_DAYS_TRIED) {
        return true;
      }
      for (long each = first; each <= last; each++) {
        if (hasDay(each)) {
          return true;
        }
      }
      return false;
    }

    private boolean hasDay(long asked) {
      if (asked != day) {
        day = asked;
        matches = match(asked * DAY_MILLIS) > 0;
      }
      return matches;
    }
  }

  private double match(LocalDate date) {
    if (!years.isEmpty() && !years.contains(date.getYear())) {
      return 0;
    }
    if (months.isEmpty()) {
      return FAINT;
    }
    if (months.contains(date.getMonthValue())) {
      return days.isEmpty() ? SAME_MONTH : matchDays(date.getDayOfMonth());
    }
    boolean justAfter =
        months.contains(date.minusMonths(1).getMonthValue())
            && date.getDayOfMonth() <= DAYS_OF_NEXT_MONTH;
    return justAfter && days.isEmpty() ? FAINT : 0;
  }

  private double matchDays(int day) {
    double best = FAINT;
    for (int named : days) {
      int after = day - named;
      if (after >= 0 && after <= DAYS_AFTER) {
        return SAME_MONTH;
      }
      best = Math.abs(after) <= DAYS_AROUND ? NEAR_DAY : best;
    }
    return best;
  }

  private void look(List<Word> words, int i) {
    String word = words.get(i).lowerCase();
    Integer month = MONTHS.get(word);
    int number = number(word);
    if (month != null && isMonth(words, i)) {
      months.add(month);
      lookForDay(words, i);
    } else if (number >= 1900 && number <= 2100 && word.length() == 4) {
      years.add(number);
      lookForIsoDate(words, i);
    }
  }

  /** "May" and "march" are other words too. */
  private static boolean isMonth(List<Word> words, int i) {
    String word = words.get(i).lowerCase();
    if (!word.equals("may") && !word.equals("march")) {
      return true;
    }
    boolean beforeNumber = i + 1 < words.size() && number(words.get(i + 1).lowerCase()) > 0;
    return beforeNumber || (i > 0 && words.get(i).isCapitalised());
  }

  private void lookForDay(List<Word> words, int month) {
    int before = month - 1;
    if (before >= 0 && words.get(before).lowerCase().equals("of")) {
      before--;
    }
    addDay(before >= 0 ? words.get(before).lowerCase() : "");
    addDay(month + 1 < words.size() ? words.get(month + 1).lowerCase() : "");
  }

  private void lookForIsoDate(List<Word> words, int year) {
    if (year + 2 >= words.size()) {
      return;
    }
    Word month = words.get(year + 1);
    Word day = words.get(year + 2);
    boolean dashes = month.start() == words.get(year).end() + 1 && day.start() == month.end() + 1;
    if (dashes && month.text().length() == 2 && number(month.text()) >= 1) {
      months.add(number(month.text()));
      addDay(day.text());
    }
  }

  private void addDay(String word) {
    String digits = word.replaceFirst("(st|nd|rd|th)$", "");
    int day = number(digits);
    if (day >= 1 && day <= 31) {
      days.add(day);
    }
  }

  /** A number of up to four digits; -1 for anything else. */
  private static int number(String word) {
    boolean digits = !word.isEmpty() && word.length() <= 4;
    return digits && word.chars().allMatch(c -> c >= '0' && c <= '9') ? Integer.parseInt(word) : -1;
  }
}
