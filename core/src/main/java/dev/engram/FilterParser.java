package dev.engram;

import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads the text form of a filter by recursive descent; the grammar stands at {@link Filter#parse}.
 * One object reads one text. Errors give the position, counted from 1, and what was expected, never
 * the text itself.
 */
final class FilterParser {
  private static final List<String> OPERATORS =
      List.of("==", "!=", "<>", "<=", ">=", "=", "<", ">");
  private static final List<String> RESERVED = List.of("and", "or", "not", "in", "true", "false");

  private final String text;
  private int at;
  private int depth;

  FilterParser(String text) {
    this.text = text;
    if (text.length() > Limits.MAX_FILTER_CHARS) {
      throw new InvalidInputException(
          "cannot read filter: characters="
              + text.length()
              + " exceed the limit="
              + Limits.MAX_FILTER_CHARS);
    }
  }

  Filter parse() {
    Filter filter = disjunction();
    if (!atEnd()) {
      throw expected("and, or, or the end");
    }
    return filter;
  }

  private Filter disjunction() {
    List<Filter> operands = new ArrayList<>();
    do {
      operands.add(conjunction());
    } while (keyword("or"));
    return Filter.or(operands);
  }

  private Filter conjunction() {
    List<Filter> operands = new ArrayList<>();
    do {
      operands.add(term());
    } while (keyword("and"));
    return Filter.and(operands);
  }

  private Filter term() {
    if (++depth > Limits.MAX_DEPTH) {
      throw expected("nesting of at most " + Limits.MAX_DEPTH);
    }
    Filter filter;
    if (keyword("not")) {
      filter = Filter.not(term());
    } else if (symbol("(")) {
      filter = disjunction();
      require(")");
    } else {
      filter = condition();
    }
    depth--;
    return filter;
  }

  private Filter condition() {
    skipBlanks();
    boolean quoted = at < text.length() && text.charAt(at) == '"';
    int start = at;
    String path = path();
    if (!quoted && symbol("(")) {
      return call(path.toLowerCase(Locale.ROOT), start);
    }
    for (String operator : OPERATORS) {
      if (symbol(operator)) {
        return comparison(path, operator);
      }
    }
    boolean negated = keyword("not");
    if (keyword("in")) {
      List<Object> values = values();
      return negated ? Filter.nin(path, values) : Filter.in(path, values);
    }
    if (!negated && !quoted && path.equalsIgnoreCase("all")) {
      return Filter.all();
    }
    throw expected(negated ? "in" : "a comparison, in, or not in");
  }

  private Filter call(String name, int start) {
    Filter filter =
        switch (name) {
          case "exists" -> Filter.exists(path());
          case "missing" -> Filter.missing(path());
          case "text" -> textCondition();
          default -> {
            at = start;
            throw expected("exists(path), missing(path) or text(path, 'words')");
          }
        };
    require(")");
    return filter;
  }

  private Filter textCondition() {
    String path = path();
    require(",");
    skipBlanks();
    if (at >= text.length() || text.charAt(at) != '\'') {
      throw expected("a string in single quotes");
    }
    return Filter.text(path, quoted('\''));
  }

  private Filter comparison(String path, String operator) {
    Object value = value();
    return switch (operator) {
      case "=", "==" -> Filter.eq(path, value);
      case "!=", "<>" -> Filter.ne(path, value);
      case "<" -> Filter.range(path).lt(value);
      case "<=" -> Filter.range(path).lte(value);
      case ">" -> Filter.range(path).gt(value);
      default -> Filter.range(path).gte(value);
    };
  }

  private List<Object> values() {
    require("(");
    List<Object> values = new ArrayList<>();
    do {
      values.add(value());
    } while (symbol(","));
    require(")");
    return values;
  }

  private String path() {
    skipBlanks();
    if (at < text.length() && text.charAt(at) == '"') {
      return quoted('"');
    }
    int start = at;
    while (at < text.length() && isPathPart(text.codePointAt(at), at == start)) {
      at += Character.charCount(text.codePointAt(at));
    }
    String path = text.substring(start, at);
    if (path.isEmpty() || RESERVED.contains(path.toLowerCase(Locale.ROOT)) || path.endsWith(".")) {
      at = start;
      throw expected("a path, in double quotes when it is a keyword or holds other characters");
    }
    return path;
  }

  private static boolean isPathPart(int point, boolean first) {
    return Character.isLetter(point)
        || point == '_'
        || (!first && (Character.isLetterOrDigit(point) || point == '-' || point == '.'));
  }

  private Object value() {
    skipBlanks();
    if (keyword("true")) {
      return true;
    }
    if (keyword("false")) {
      return false;
    }
    char first = at < text.length() ? text.charAt(at) : 0;
    if (first == '\'') {
      return quoted('\'');
    }
    if (first == '@') {
      return instant();
    }
    if (first == '-' || isDigit(first)) {
      return number();
    }
    throw expected("a value: 'string', number, true, false or @instant");
  }

  private Object number() {
    int start = at;
    at += text.charAt(at) == '-' ? 1 : 0;
    digits(start);
    boolean whole = true;
    if (at < text.length() && text.charAt(at) == '.') {
      at++;
      digits(start);
      whole = false;
    }
    if (at < text.length() && (text.charAt(at) | 0x20) == 'e') {
      at++;
      at += at < text.length() && "+-".indexOf(text.charAt(at)) >= 0 ? 1 : 0;
      digits(start);
      whole = false;
    }
    String number = text.substring(start, at);
    if ((whole && new BigInteger(number).bitLength() > 63) || !Double.isFinite(asDouble(number))) {
      at = start;
      throw expected("an integer within 64 bits or a finite decimal");
    }
    if (whole) {
      return Long.parseLong(number);
    }
    return asDouble(number);
  }

  private static double asDouble(String number) {
    return Double.parseDouble(number);
  }

  private void digits(int start) {
    int from = at;
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
    if (at == from || at - start > 1_100) {
      throw expected("a digit of a number of reasonable length");
    }
  }

  private static boolean isDigit(char unit) {
    return unit >= '0' && unit <= '9';
  }

  private Instant instant() {
    int start = at++;
    while (at < text.length() && "0123456789-+:.TtZz".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    try {
      return Instant.parse(text.substring(start + 1, at));
    } catch (DateTimeException e) {
      at = start;
      throw expected("an instant such as @2024-05-01T00:00:00Z");
    }
  }

  private String quoted(char quote) {
    int start = at++;
    StringBuilder content = new StringBuilder();
    while (at < text.length()) {
      char unit = text.charAt(at++);
      if (unit != quote) {
        content.append(unit);
      } else if (at < text.length() && text.charAt(at) == quote) {
        content.append(text.charAt(at++));
      } else {
        return content.toString();
      }
    }
    at = start;
    throw expected("a closing quote for the one that opens here");
  }

  private boolean keyword(String word) {
    skipBlanks();
    int end = at + word.length();
    boolean here =
        text.regionMatches(true, at, word, 0, word.length())
            && (end == text.length() || !isPathPart(text.codePointAt(end), false));
    at = here ? end : at;
    return here;
  }

  private boolean symbol(String symbol) {
    skipBlanks();
    boolean here = text.startsWith(symbol, at);
    at += here ? symbol.length() : 0;
    return here;
  }

  private void require(String symbol) {
    if (!symbol(symbol)) {
      throw expected(symbol);
    }
  }

  private void skipBlanks() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private boolean atEnd() {
    skipBlanks();
    return at == text.length();
  }

  private InvalidInputException expected(String what) {
    return new InvalidInputException(
        "cannot read filter: position=" + (at + 1) + ", expected " + what);
  }
}
