package dev.engram.internal.recall;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sessions by number: how many memories each has, and its last one. Guarded by its chronicle. */
final class SessionTable {
  private static final int BYTES_PER_SESSION = 112;

  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> names = new ArrayList<>();
  private int[] lasts = new int[0];
  private int[] sizes = new int[0];
  private int count;
  private int members;
  private long nameBytes;

  /** The number of a session, which is given when it is first seen. */
  int number(@Nullable String name) {
    if (name == null) {
      return Chronicle.NONE;
    }
    Integer known = numbers.get(name);
    return known != null ? known : add(name);
  }

  private int add(String name) {
    int number = names.size();
    numbers.put(name, number);
    names.add(name);
    nameBytes += 2L * name.length();
    if (number == lasts.length) {
      lasts = Arrays.copyOf(lasts, 2 * number + 4);
      sizes = Arrays.copyOf(sizes, lasts.length);
      Arrays.fill(lasts, number, lasts.length, Chronicle.NONE);
    }
    return number;
  }

  @Nullable String name(int session) {
    return session == Chronicle.NONE ? null : names.get(session);
  }

  /** The last memory of a session, if there is one of that name. */
  int lastOf(String name) {
    Integer known = numbers.get(name);
    return known == null ? Chronicle.NONE : last(known);
  }

  int last(int session) {
    return lasts[session];
  }

  int size(int session) {
    return sizes[session];
  }

  int count() {
    return count;
  }

  int members() {
    return members;
  }

  void joined(int session, int last) {
    lasts[session] = last;
    members++;
    if (sizes[session]++ == 0) {
      count++;
    }
  }

  void left(int session, int last) {
    lasts[session] = last;
    members--;
    if (--sizes[session] == 0) {
      count--;
    }
  }

  long bytes() {
    return nameBytes + (long) BYTES_PER_SESSION * names.size();
  }
}
