package dev.engram.internal.text;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.Bits;

/**
 * The deleted documents of one segment, by scope. Lucene's statistics count a deleted document
 * until its segment is merged; subtracting these makes them exact, so that a score depends on what
 * the scope holds and not on its history. Immutable.
 */
final class DeadDocuments {
  private static final Scope NONE = new Scope();

  private final Map<Long, Scope> scopes = new HashMap<>();

  DeadDocuments(LeafReader leaf) throws IOException {
    Bits live = leaf.getLiveDocs();
    if (live == null) {
      return;
    }
    NumericDocValues scope = leaf.getNumericDocValues(TextLayout.SCOPE);
    NumericDocValues length = leaf.getNormValues(TextLayout.TEXT);
    for (int doc = 0; doc < leaf.maxDoc(); doc++) {
      if (!live.get(doc) && scope != null && scope.advanceExact(doc)) {
        long terms = length != null && length.advanceExact(doc) ? length.longValue() : 0;
        scopes.computeIfAbsent(scope.longValue(), s -> new Scope()).add(doc, terms);
      }
    }
  }

  Scope of(long scope) {
    return scopes.getOrDefault(scope, NONE);
  }

  /** The deleted documents of one scope in one segment, ascending, and the sum of their lengths. */
  static final class Scope {
    private int[] docs = new int[4];
    private int count;
    private long length;

    private void add(int doc, long terms) {
      if (count == docs.length) {
        docs = Arrays.copyOf(docs, 2 * count);
      }
      docs[count++] = doc;
      length += terms;
    }

    int count() {
      return count;
    }

    long length() {
      return length;
    }

    /** How many of these documents a term has; the iterator starts before its first document. */
    int countIn(PostingsEnum postings) throws IOException {
      int found = 0;
      int at = -1;
      for (int i = 0; i < count && at != DocIdSetIterator.NO_MORE_DOCS; i++) {
        if (at < docs[i]) {
          at = postings.advance(docs[i]);
        }
        if (at == docs[i]) {
          found++;
        }
      }
      return found;
    }
  }
}
