package dev.engram.internal.text;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.TokenFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.tartarus.snowball.ext.EnglishStemmer;

/**
 * Makes terms of lower-case English words: drops contractions that are stop words ({@code i'll}),
 * possessives and apostrophes, splits at ASCII punctuation ({@code example.com} is two terms),
 * drops stop words, stems the rest (Porter 2). One thread at a time, as every token filter.
 */
final class EnglishWordFilter extends TokenFilter {
  private static final int STEM_CACHE_SLOTS = 1 << 14;
  private static final int MAX_CACHED_CHARS = 24;

  private final CharTermAttribute term = addAttribute(CharTermAttribute.class);
  private final CharArraySet stopWords;
  private final EnglishStemmer stemmer = new EnglishStemmer();
  private final char[][] cachedWords = new char[STEM_CACHE_SLOTS][];
  private final char[][] cachedStems = new char[STEM_CACHE_SLOTS][];
  private char[] word = new char[256];
  private int next;
  private int end;

  EnglishWordFilter(TokenStream input, CharArraySet stopWords) {
    super(input);
    this.stopWords = stopWords;
  }

  @Override
  public boolean incrementToken() throws IOException {
    while (!nextPart()) {
      if (!input.incrementToken()) {
        return false;
      }
      beginWord();
    }
    return true;
  }

  @Override
  public void reset() throws IOException {
    super.reset();
    next = 0;
    end = 0;
  }

  private void beginWord() {
    int length = term.length();
    if (word.length < length) {
      word = new char[length];
    }
    System.arraycopy(term.buffer(), 0, word, 0, length);
    next = 0;
    end = hasApostrophe(length) ? withoutApostrophes(length) : length;
  }

  private boolean hasApostrophe(int length) {
    boolean found = false;
    for (int i = 0; i < length; i++) {
      char c = word[i];
      if (c == '\'' || c == '\u2019' || c == '\uFF07') {
        word[i] = '\'';
        found = true;
      }
    }
    return found;
  }

  private int withoutApostrophes(int length) {
    if (stopWords.contains(word, 0, length)) {
      return 0;
    }
    boolean possessive = length >= 2 && word[length - 1] == 's' && word[length - 2] == '\'';
    int kept = 0;
    for (int i = 0; i < (possessive ? length - 2 : length); i++) {
      if (word[i] != '\'') {
        word[kept++] = word[i];
      }
    }
    return kept;
  }

  private boolean nextPart() {
    while (next < end) {
      int start = next;
      while (next < end && !separates(word[next])) {
        next++;
      }
      int length = next - start;
      next++;
      if (length > 0 && !stopWords.contains(word, start, length)) {
        emit(start, length);
        return true;
      }
    }
    return false;
  }

  private static boolean separates(char c) {
    return c < 128 && !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
  }

  private void emit(int start, int length) {
    if (length > MAX_CACHED_CHARS) {
      stem(start, length);
      term.copyBuffer(stemmer.getCurrentBuffer(), 0, stemmer.getCurrentBufferLength());
      return;
    }
    int slot = slot(start, length);
    char[] cached = cachedWords[slot];
    if (cached == null || !same(cached, start, length)) {
      stem(start, length);
      cachedWords[slot] = Arrays.copyOfRange(word, start, start + length);
      cachedStems[slot] =
          Arrays.copyOf(stemmer.getCurrentBuffer(), stemmer.getCurrentBufferLength());
    }
    char[] stem = cachedStems[slot];
    term.copyBuffer(stem, 0, stem.length);
  }

  private void stem(int start, int length) {
    char[] part = Arrays.copyOfRange(word, start, start + length);
    stemmer.setCurrent(part, length);
    stemmer.stem();
  }

  private int slot(int start, int length) {
    int h = length;
    for (int i = start; i < start + length; i++) {
      h = 31 * h + word[i];
    }
    return (h ^ h >>> 12 ^ h >>> 24) & STEM_CACHE_SLOTS - 1;
  }

  private boolean same(char[] cached, int start, int length) {
    return Arrays.equals(cached, 0, cached.length, word, start, start + length);
  }
}
