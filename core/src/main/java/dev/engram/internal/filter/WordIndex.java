package dev.engram.internal.filter;

import dev.engram.Filter;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.roaringbitmap.RoaringBitmap;

/**
 * The words of a column's strings: word → numbers of the terms that hold it. By term and not by
 * ordinal, so that all words must stand in one string, and so that a string that many records share
 * is read once. Changes need exclusive access.
 */
final class WordIndex {
  private final Map<String, Object> termsByWord = new HashMap<>();

  void add(Object term, int id) {
    if (term instanceof String text) {
      for (String word : Filter.Text.wordsOf(text)) {
        termsByWord.compute(word, (_, posting) -> Posting.add(posting, id));
      }
    }
  }

  void remove(Object term, int id) {
    if (term instanceof String text) {
      for (String word : Filter.Text.wordsOf(text)) {
        termsByWord.computeIfPresent(word, (_, posting) -> Posting.remove(posting, id));
      }
    }
  }

  RoaringBitmap termsWithAll(Collection<String> words) {
    RoaringBitmap found = null;
    for (String word : words) {
      RoaringBitmap terms = Posting.bitmap(termsByWord.get(word));
      found = found == null ? terms : RoaringBitmap.and(found, terms);
    }
    return found == null ? new RoaringBitmap() : found;
  }
}
