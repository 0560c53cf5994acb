package dev.engram.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Splits Markdown or plain text into passages of up to about a thousand characters that keep the
 * line they begin at. A heading begins a new passage and stays a part of it; paragraphs are kept
 * whole where they fit, and code fences up to four times that length. One object splits one text;
 * not thread-safe.
 */
final class Passages {
  /** Characters that a passage should not exceed. */
  static final int TARGET = 1_000;

  /** Characters that a code fence may have without being split. */
  static final int MAX_FENCE = 4 * TARGET;

  private static final Pattern HEADING = Pattern.compile("#{1,6}\\s+\\S.*");
  private static final Pattern FENCE = Pattern.compile("\\s{0,3}(```+|~~~+).*");
  private static final Pattern SENTENCE_END = Pattern.compile("(?<=[.!?])\\s+");

  /**
   * A part of a text.
   *
   * @param text what it says
   * @param line the line it begins at, from 1
   * @param heading the headings above it, outermost first, joined with " > "; empty where none
   */
  record Passage(String text, int line, String heading) {}

  private final boolean markdown;
  private final List<Passage> passages = new ArrayList<>();
  private final List<String> headings = new ArrayList<>();
  private final List<String> block = new ArrayList<>();
  private int blockLine = 1;
  private String fence = "";
  private final StringBuilder current = new StringBuilder();
  private int currentLine = 1;
  private boolean onlyHeadings = true;

  private Passages(boolean markdown) {
    this.markdown = markdown;
  }

  static List<Passage> of(String text, boolean markdown) {
    Passages passages = new Passages(markdown);
    int line = 0;
    for (String content : text.lines().toList()) {
      line++;
      passages.line(content, line);
    }
    passages.endBlock(!passages.fence.isEmpty());
    passages.endPassage();
    return passages.passages;
  }

  private void line(String content, int line) {
    if (!fence.isEmpty()) {
      block.add(content);
      if (content.strip().startsWith(fence)) {
        fence = "";
        endBlock(true);
      }
    } else if (markdown && FENCE.matcher(content).matches()) {
      endBlock(false);
      fence = content.strip().substring(0, 3);
      begin(content, line);
    } else if (markdown && HEADING.matcher(content.stripTrailing()).matches()) {
      endBlock(false);
      heading(content.strip(), line);
    } else if (content.isBlank()) {
      endBlock(false);
    } else {
      begin(content, line);
    }
  }

  private void begin(String content, int line) {
    if (block.isEmpty()) {
      blockLine = line;
    }
    block.add(content);
  }

  private void heading(String content, int line) {
    if (!onlyHeadings) {
      endPassage();
    }
    int level = content.indexOf(content.replaceFirst("^#+", ""));
    while (headings.size() >= level) {
      headings.removeLast();
    }
    while (headings.size() < level - 1) {
      headings.add("");
    }
    headings.add(content.substring(level).strip().replaceFirst("\\s+#+$", ""));
    append(content, line);
  }

  private void endBlock(boolean code) {
    if (block.isEmpty()) {
      return;
    }
    String text = String.join("\n", block).stripTrailing();
    if (text.length() <= (code ? MAX_FENCE : TARGET)) {
      add(text, blockLine);
    } else {
      addLines();
    }
    block.clear();
  }

  /** A block that is too long, as many lines at a time as fit. */
  private void addLines() {
    StringBuilder piece = new StringBuilder();
    int line = blockLine;
    int pieceLine = line;
    for (String content : block) {
      if (!piece.isEmpty() && piece.length() + 1 + content.length() > TARGET) {
        add(piece.toString(), pieceLine);
        piece.setLength(0);
      }
      if (piece.isEmpty()) {
        pieceLine = line;
      }
      if (content.length() > TARGET) {
        addSentences(content, line);
      } else {
        piece.append(piece.isEmpty() ? "" : "\n").append(content);
      }
      line++;
    }
    if (!piece.isEmpty()) {
      add(piece.toString(), pieceLine);
    }
  }

  /** A line that is too long, as many sentences at a time as fit. */
  private void addSentences(String content, int line) {
    StringBuilder piece = new StringBuilder();
    for (String sentence : SENTENCE_END.splitAsStream(content).toList()) {
      if (!piece.isEmpty() && piece.length() + 1 + sentence.length() > TARGET) {
        add(piece.toString(), line);
        piece.setLength(0);
      }
      piece.append(piece.isEmpty() ? "" : " ").append(sentence);
      while (piece.length() > TARGET) {
        int cut = cut(piece);
        add(piece.substring(0, cut), line);
        piece.delete(0, cut);
      }
    }
    if (!piece.isEmpty()) {
      add(piece.toString(), line);
    }
  }

  /**
   * Where to cut a sentence without an end: at a blank if there is one, never inside a character.
   */
  private static int cut(StringBuilder piece) {
    int blank = piece.lastIndexOf(" ", TARGET);
    if (blank > TARGET / 2) {
      return blank + 1;
    }
    return Character.isHighSurrogate(piece.charAt(TARGET - 1)) ? TARGET - 1 : TARGET;
  }

  private void add(String text, int line) {
    if (text.isBlank()) {
      return;
    }
    if (!onlyHeadings && current.length() + 2 + text.length() > TARGET) {
      endPassage();
    }
    append(text, line);
    onlyHeadings = false;
  }

  private void append(String text, int line) {
    if (current.isEmpty()) {
      currentLine = line;
    } else {
      current.append("\n\n");
    }
    current.append(text);
  }

  private void endPassage() {
    if (!current.isEmpty()) {
      List<String> path = headings.stream().filter(heading -> !heading.isEmpty()).toList();
      passages.add(new Passage(current.toString(), currentLine, String.join(" > ", path)));
    }
    current.setLength(0);
    onlyHeadings = true;
  }
}
