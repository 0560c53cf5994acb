package dev.engram.internal.filter;

import dev.engram.Filter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * The distinct terms of one field (strings, booleans, and instants too far for 64 bits), each with
 * a number and the ordinals that hold it. An open-addressing table, because an entry object per
 * term would cost more than most terms. A term that no ordinal holds is forgotten and its number
 * reused. The words of strings are indexed once somebody asks for one. Changes need exclusive
 * access; queries may run side by side.
 */
final class TermColumn {
  private static final int FIRST_TABLE = 8;

  private @Nullable Object[] terms = new Object[2];
  private @Nullable Object[] postings = new Object[2];
  private int[] free = {};
  private int freeCount;
  private int highest;
  private int[] table = new int[FIRST_TABLE];
  private volatile @Nullable WordIndex words;

  boolean isEmpty() {
    return freeCount == highest;
  }

  int size() {
    return highest - freeCount;
  }

  /** Notes that an ordinal holds a term; the number of the term. */
  int add(Object term, int ordinal) {
    int slot = slot(term);
    int id = table[slot] - 1;
    if (id < 0) {
      id = newId();
      terms[id] = term;
      table[slot] = id + 1;
      growTable();
      WordIndex index = words;
      if (index != null) {
        index.add(term, id);
      }
    }
    postings[id] = Posting.add(postings[id], ordinal);
    return id;
  }

  /** Notes that an ordinal no longer holds the term of this number. */
  void remove(int id, int ordinal) {
    Object term = terms[id];
    if (term == null) {
      return;
    }
    postings[id] = Posting.remove(postings[id], ordinal);
    if (postings[id] == null) {
      forget(term, id);
    }
  }

  private void forget(Object term, int id) {
    WordIndex index = words;
    if (index != null) {
      index.remove(term, id);
    }
    closeGap(slot(term));
    terms[id] = null;
    release(id);
  }

  private void release(int id) {
    if (freeCount == free.length) {
      free = Arrays.copyOf(free, freeCount + 4 + (freeCount >> 1));
    }
    free[freeCount++] = id;
  }

  private int newId() {
    return freeCount > 0 ? free[--freeCount] : nextId();
  }

  private int nextId() {
    if (highest == terms.length) {
      int capacity = highest + 2 + (highest >> 1);
      terms = Arrays.copyOf(terms, capacity);
      postings = Arrays.copyOf(postings, capacity);
    }
    return highest++;
  }

  private int home(Object term) {
    int hash = term.hashCode() * 0x9E3779B9;
    return (hash ^ hash >>> 16) & (table.length - 1);
  }

  /** The slot that holds a term, or the empty one where it belongs. */
  private int slot(Object term) {
    int slot = home(term);
    while (table[slot] != 0 && !term.equals(terms[table[slot] - 1])) {
      slot = (slot + 1) & (table.length - 1);
    }
    return slot;
  }

  private void growTable() {
    if ((highest - freeCount) * 3 <= table.length * 2) {
      return;
    }
    table = new int[table.length * 2];
    for (int id = 0; id < highest; id++) {
      Object term = terms[id];
      if (term != null) {
        table[slot(term)] = id + 1;
      }
    }
  }

  /** Empties a slot and moves up what was pushed behind it. */
  private void closeGap(int emptied) {
    int mask = table.length - 1;
    int gap = emptied;
    table[gap] = 0;
    for (int slot = (gap + 1) & mask; table[slot] != 0; slot = (slot + 1) & mask) {
      Object term = terms[table[slot] - 1];
      if (term != null && ((slot - home(term)) & mask) >= ((slot - gap) & mask)) {
        table[gap] = table[slot];
        table[slot] = 0;
        gap = slot;
      }
    }
  }

  /** Gathers the ordinals that hold a term. */
  void gather(Object term, Gathering into) {
    int id = table[slot(term)] - 1;
    if (id >= 0) {
      Posting.gather(postings[id], into);
    }
  }

  /** Gathers the ordinals of every term that a condition accepts, asking about each. */
  void gatherAccepted(Filter.Condition condition, Gathering into) {
    for (int id = 0; id < highest; id++) {
      Object term = terms[id];
      if (term != null && condition.accepts(term)) {
        Posting.gather(postings[id], into);
      }
    }
  }

  /** Gathers the ordinals of every string that holds all of these words. */
  void gatherWords(Filter.Text condition, Gathering into) {
    RoaringBitmap ids = words().termsWithAll(condition.words());
    ids.forEach((org.roaringbitmap.IntConsumer) id -> Posting.gather(postings[id], into));
  }

  private WordIndex words() {
    WordIndex index = words;
    if (index == null) {
      synchronized (this) {
        index = words;
        if (index == null) {
          index = indexWords();
          words = index;
        }
      }
    }
    return index;
  }

  private WordIndex indexWords() {
    WordIndex index = new WordIndex();
    for (int id = 0; id < highest; id++) {
      Object term = terms[id];
      if (term != null) {
        index.add(term, id);
      }
    }
    return index;
  }
}
