package dev.engram.internal.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A text after analysis: its distinct terms, how often each occurs, and the hash of what it was
 * made from. Immutable and safe for all threads. It does not hold the text.
 */
public final class AnalyzedText {
  private static final long PRIME = 0x9E3779B97F4A7C15L;

  private final byte[] bytes;
  private final int[] ends;
  private final int[] freqs;
  private final int length;
  private final long hash;

  AnalyzedText(byte[] bytes, int[] ends, int[] freqs, int length, long hash) {
    this.bytes = bytes;
    this.ends = ends;
    this.freqs = freqs;
    this.length = length;
    this.hash = hash;
  }

  /** The 64-bit hash of a text and its language, as {@link TextIndex#forEachKey} reports it. */
  public static long hash(String text, String language) {
    return mix(fold(fold(PRIME, language), text));
  }

  private static long fold(long seed, String text) {
    long h = mix(seed ^ text.length());
    int i = 0;
    for (; i + 3 < text.length(); i += 4) {
      long word =
          text.charAt(i)
              | (long) text.charAt(i + 1) << 16
              | (long) text.charAt(i + 2) << 32
              | (long) text.charAt(i + 3) << 48;
      h = Long.rotateLeft((h ^ word) * PRIME, 29);
    }
    for (; i < text.length(); i++) {
      h = Long.rotateLeft((h ^ text.charAt(i)) * PRIME, 29);
    }
    return h;
  }

  private static long mix(long value) {
    long h = (value ^ value >>> 32) * 0xD6E8FEB86659FD93L;
    h = (h ^ h >>> 32) * 0xD6E8FEB86659FD93L;
    return h ^ h >>> 32;
  }

  /** The number of distinct terms. */
  public int size() {
    return ends.length;
  }

  /** The number of terms, repeated ones included; stop words do not count. */
  public int length() {
    return length;
  }

  /** The hash of the text and its language. */
  public long hash() {
    return hash;
  }

  /** The distinct terms in the order of their first occurrence. */
  public List<String> terms() {
    List<String> terms = new ArrayList<>(size());
    for (int i = 0; i < size(); i++) {
      terms.add(term(i));
    }
    return terms;
  }

  String term(int i) {
    return new String(bytes, start(i), ends[i] - start(i), StandardCharsets.UTF_8);
  }

  int freq(int i) {
    return freqs[i];
  }

  int termBytes(int i) {
    return ends[i] - start(i);
  }

  void copyTerm(int i, byte[] target, int offset) {
    System.arraycopy(bytes, start(i), target, offset, termBytes(i));
  }

  private int start(int i) {
    return i == 0 ? 0 : ends[i - 1];
  }
}
