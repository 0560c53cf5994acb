package dev.engram;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A condition on metadata. Filters are immutable data; {@link #matches} is the reference of what
 * they mean, and every index gives exactly its answers.
 *
 * <p><b>Paths.</b> Every value has a path: the keys that lead to it, joined with dots, through
 * nested maps; lists add nothing to it, so that {@code authors.name} reaches into a list of maps. A
 * condition holds when <em>any</em> value at its path satisfies it: any element of a list.
 *
 * <p><b>Kinds.</b> Strings, numbers, booleans and instants are kinds; different kinds never match.
 * Integers and decimals are one kind and compare by their exact value: the integer 2 equals the
 * decimal 2.0, and 2<sup>53</sup>+1 does not equal the decimal 2<sup>53</sup>. Strings are equal
 * when their characters are, and ordered by code point.
 *
 * <p><b>Negation.</b> {@code ne}, {@code nin} and {@code missing} are the exact negations of {@code
 * eq}, {@code in} and {@code exists}: a record without the path matches them.
 *
 * <p>Values are normalised as {@link Metadata} normalises them; what cannot be a value (null, NaN),
 * a blank path, nesting beyond {@link Limits#MAX_DEPTH} and more values or operands than {@link
 * Limits#MAX_FILTER_VALUES} are an {@link InvalidInputException}. {@code toString} shows paths
 * only: values are user content.
 */
public sealed interface Filter {

  /** Whether some metadata satisfies this filter. */
  boolean matches(Metadata metadata);

  /** A filter on the values at one path. */
  sealed interface Condition extends Filter {
    /** The dotted path. */
    String path();

    /**
     * Whether one thing at the path satisfies the condition: a scalar as {@link Metadata} holds it,
     * or a whole list or map, which satisfies {@link Exists} only.
     */
    boolean accepts(Object value);

    @Override
    default boolean matches(Metadata metadata) {
      return FilterValues.anyAt(metadata.asMap(), path(), this);
    }
  }

  /** Matches everything. */
  record All() implements Filter {
    @Override
    public boolean matches(Metadata metadata) {
      return true;
    }
  }

  /** Matches when a value at the path is one of these; none of them matches nothing. */
  record In(String path, Set<Object> values) implements Condition {
    /** Normalises the values; whole decimals become integers. */
    public In {
      FilterValues.requirePath(path);
      FilterValues.requireCount("values", values.size());
      Set<Object> normal = LinkedHashSet.newLinkedHashSet(values.size());
      for (Object value : values) {
        normal.add(FilterValues.normal(path, value));
      }
      values = Collections.unmodifiableSet(normal);
    }

    @Override
    public boolean accepts(Object value) {
      return values.contains(FilterValues.canonical(value));
    }

    @Override
    public String toString() {
      return "in(" + path + ", " + values.size() + " values)";
    }
  }

  /**
   * Matches when a value at the path lies between the bounds, of which at least one is given and
   * which are of one kind: strings, numbers or instants. Bounds that exclude each other match
   * nothing.
   */
  record Range(
      String path,
      @Nullable Object lower,
      boolean lowerInclusive,
      @Nullable Object upper,
      boolean upperInclusive)
      implements Condition {
    /** Normalises the bounds and refuses none, booleans, and bounds of two kinds. */
    public Range {
      FilterValues.requirePath(path);
      lower = lower == null ? null : FilterValues.normal(path, lower);
      upper = upper == null ? null : FilterValues.normal(path, upper);
      FilterValues.requireBounds(path, lower, upper);
    }

    /** This range with another lower bound, itself excluded. */
    public Range gt(Object bound) {
      return new Range(path, given(path, bound), false, upper, upperInclusive);
    }

    /** This range with another lower bound, itself included. */
    public Range gte(Object bound) {
      return new Range(path, given(path, bound), true, upper, upperInclusive);
    }

    /** This range with another upper bound, itself excluded. */
    public Range lt(Object bound) {
      return new Range(path, lower, lowerInclusive, given(path, bound), false);
    }

    /** This range with another upper bound, itself included. */
    public Range lte(Object bound) {
      return new Range(path, lower, lowerInclusive, given(path, bound), true);
    }

    private static Object given(String path, @Nullable Object bound) {
      return FilterValues.normal(path, bound);
    }

    @Override
    public boolean accepts(Object value) {
      Object normal = FilterValues.canonical(value);
      return FilterValues.within(normal, lower, lowerInclusive, 1)
          && FilterValues.within(normal, upper, upperInclusive, -1);
    }

    @Override
    public String toString() {
      return "range(" + path + ")";
    }
  }

  /** A range that has no bound yet, and is no filter yet; each method gives it its first. */
  record Unbounded(String path) {
    /** Values above the bound. */
    public Range gt(Object bound) {
      return new Range(path, Range.given(path, bound), false, null, false);
    }

    /** Values above the bound, and the bound. */
    public Range gte(Object bound) {
      return new Range(path, Range.given(path, bound), true, null, false);
    }

    /** Values below the bound. */
    public Range lt(Object bound) {
      return new Range(path, null, false, Range.given(path, bound), false);
    }

    /** Values below the bound, and the bound. */
    public Range lte(Object bound) {
      return new Range(path, null, false, Range.given(path, bound), true);
    }
  }

  /** Matches when the path leads to anything at all, be it an empty list or map. */
  record Exists(String path) implements Condition {
    /** Refuses a blank path. */
    public Exists {
      FilterValues.requirePath(path);
    }

    @Override
    public boolean accepts(Object value) {
      return true;
    }

    @Override
    public String toString() {
      return "exists(" + path + ")";
    }
  }

  /** Matches when one string at the path holds every one of these words, in any order. */
  record Text(String path, Set<String> words) implements Condition {
    /** Refuses a blank path, and no word at all. */
    public Text {
      FilterValues.requirePath(path);
      words = Collections.unmodifiableSet(new LinkedHashSet<>(words));
      FilterValues.requireCount("words", words.size());
      if (words.isEmpty()) {
        throw FilterValues.invalid(path, "the text holds no word; use letters or digits");
      }
    }

    @Override
    public boolean accepts(Object value) {
      return value instanceof String text && wordsOf(text).containsAll(words);
    }

    /**
     * The distinct words of a text, as conditions see them: runs of Unicode letters, digits and
     * marks after NFC normalisation, with simple case folding that depends on no locale.
     */
    public static Set<String> wordsOf(String text) {
      return FilterValues.words(text);
    }

    @Override
    public String toString() {
      return "text(" + path + ", " + words.size() + " words)";
    }
  }

  /** Matches when every operand does; without operands, everything. */
  record And(List<Filter> operands) implements Filter {
    /** Copies the operands and checks the limits. */
    public And {
      operands = FilterValues.operands(operands);
    }

    @Override
    public boolean matches(Metadata metadata) {
      return operands.stream().allMatch(operand -> operand.matches(metadata));
    }
  }

  /** Matches when any operand does; without operands, nothing. */
  record Or(List<Filter> operands) implements Filter {
    /** Copies the operands and checks the limits. */
    public Or {
      operands = FilterValues.operands(operands);
    }

    @Override
    public boolean matches(Metadata metadata) {
      return operands.stream().anyMatch(operand -> operand.matches(metadata));
    }
  }

  /** Matches when the operand does not. */
  record Not(Filter operand) implements Filter {
    /** Checks the depth. */
    public Not {
      FilterValues.operands(List.of(operand));
    }

    @Override
    public boolean matches(Metadata metadata) {
      return !operand.matches(metadata);
    }
  }

  /** Everything. */
  static Filter all() {
    return new All();
  }

  /** A value at the path equals this one. */
  static Filter eq(String path, Object value) {
    return in(path, Arrays.asList(value));
  }

  /** No value at the path equals this one; a missing path matches. */
  static Filter ne(String path, Object value) {
    return not(eq(path, value));
  }

  /** A value at the path is one of these. */
  static Filter in(String path, Object... values) {
    return in(path, Arrays.asList(values));
  }

  /** A value at the path is one of these. */
  static Filter in(String path, Collection<?> values) {
    FilterValues.requireCount("values", values.size());
    return new In(path, new LinkedHashSet<>(values));
  }

  /** No value at the path is one of these; a missing path matches. */
  static Filter nin(String path, Object... values) {
    return not(in(path, values));
  }

  /** No value at the path is one of these; a missing path matches. */
  static Filter nin(String path, Collection<?> values) {
    return not(in(path, values));
  }

  /** Starts a range: {@code Filter.range("year").gte(2000).lt(2010)}. */
  static Unbounded range(String path) {
    FilterValues.requirePath(path);
    return new Unbounded(path);
  }

  /** The path leads to something. */
  static Filter exists(String path) {
    return new Exists(path);
  }

  /** The path leads nowhere. */
  static Filter missing(String path) {
    return not(exists(path));
  }

  /** One string at the path holds every word of this text, in any order and case. */
  static Filter text(String path, String text) {
    FilterValues.normal(path, text);
    return new Text(path, Text.wordsOf(text));
  }

  /** All of these; operands that are themselves an {@link And} are taken apart. */
  static Filter and(Filter... operands) {
    return and(Arrays.asList(operands));
  }

  /** All of these; operands that are themselves an {@link And} are taken apart. */
  static Filter and(Collection<? extends Filter> operands) {
    List<Filter> flat = new ArrayList<>();
    for (Filter operand : operands) {
      if (operand instanceof And inner) {
        flat.addAll(inner.operands());
      } else {
        flat.add(operand);
      }
    }
    return flat.size() == 1 ? flat.getFirst() : new And(flat);
  }

  /** Any of these; operands that are themselves an {@link Or} are taken apart. */
  static Filter or(Filter... operands) {
    return or(Arrays.asList(operands));
  }

  /** Any of these; operands that are themselves an {@link Or} are taken apart. */
  static Filter or(Collection<? extends Filter> operands) {
    List<Filter> flat = new ArrayList<>();
    for (Filter operand : operands) {
      if (operand instanceof Or inner) {
        flat.addAll(inner.operands());
      } else {
        flat.add(operand);
      }
    }
    return flat.size() == 1 ? flat.getFirst() : new Or(flat);
  }

  /** The opposite; of an opposite, what it was. */
  static Filter not(Filter operand) {
    return operand instanceof Not inner ? inner.operand() : new Not(operand);
  }

  /**
   * Reads a filter from text, as the command line takes it: {@code user = 'alice' and year >= 2020
   * and not tag in ('a', 'b') and text(body, 'green tea')}.
   *
   * <pre>
   * filter    = conjunct { "or" conjunct }
   * conjunct  = term { "and" term }
   * term      = "not" term | "(" filter ")" | "all"
   *           | "exists" "(" path ")" | "missing" "(" path ")" | "text" "(" path "," string ")"
   *           | path ( "=" | "!=" | "&lt;" | "&lt;=" | "&gt;" | "&gt;=" ) value
   *           | path [ "not" ] "in" "(" value { "," value } ")"
   * path      = name { "." name } | '"' any characters, a quote being doubled '"'
   * name      = letters, digits, "_" and "-", beginning with a letter or "_"
   * value     = string | number | "true" | "false" | "@" ISO-8601 instant
   * string    = "'" any characters, a quote being doubled "'"
   * number    = [ "-" ] digits [ "." digits ] [ "e" [ "+" | "-" ] digits ]
   * </pre>
   *
   * <p>Keywords are read in either case; a path that is a keyword is written in quotes. A number
   * with neither point nor exponent is an integer and must fit 64 bits. What cannot be read is an
   * {@link InvalidInputException} that names the position and what was expected there.
   */
  static Filter parse(String text) {
    return new FilterParser(text).parse();
  }
}
