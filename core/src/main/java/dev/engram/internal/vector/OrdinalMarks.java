package dev.engram.internal.vector;

import java.util.Arrays;

/** A set of ordinals that only grows. Thread-safety: one writer; readers see what it has marked. */
final class OrdinalMarks {
  private volatile long[] words = {};
  private volatile boolean any;

  void mark(int ordinal) {
    int word = ordinal >>> 6;
    long[] now = words;
    if (word >= now.length) {
      now = Arrays.copyOf(now, Math.max(word + 1, now.length + now.length / 2));
    }
    now[word] |= 1L << ordinal;
    any = true;
    words = now;
  }

  boolean has(int ordinal) {
    long[] now = words;
    int word = ordinal >>> 6;
    return word < now.length && (now[word] >>> ordinal & 1) != 0;
  }

  boolean isEmpty() {
    return !any;
  }

  long bytes() {
    return 8L * words.length;
  }
}
