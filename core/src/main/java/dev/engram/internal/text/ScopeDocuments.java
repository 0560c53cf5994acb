package dev.engram.internal.text;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.Bits;

/**
 * Which document of a segment each ordinal of a scope is, dead documents included. Immutable. Made
 * by a walk over the documents of the scope; eight bytes each.
 */
final class ScopeDocuments {
  /** Ordinal (high 32 bits) and document (low 32 bits), ascending. */
  private final long[] pairs;

  private ScopeDocuments(long[] pairs) {
    this.pairs = pairs;
  }

  static ScopeDocuments read(LeafReader leaf, long scope) throws IOException {
    Term marker = new Term(TextLayout.MARKER, TextLayout.marker(scope));
    PostingsEnum postings = leaf.postings(marker, PostingsEnum.NONE);
    NumericDocValues ordinals = leaf.getNumericDocValues(TextLayout.ORDINAL);
    if (postings == null || ordinals == null) {
      return new ScopeDocuments(new long[0]);
    }
    long[] pairs = new long[leaf.docFreq(marker)];
    int count = 0;
    boolean ascending = true;
    int doc = postings.nextDoc();
    while (doc != DocIdSetIterator.NO_MORE_DOCS && ordinals.advanceExact(doc)) {
      pairs[count] = (ordinals.longValue() << 32) | doc;
      ascending &= count == 0 || pairs[count - 1] < pairs[count];
      count++;
      doc = postings.nextDoc();
    }
    pairs = count == pairs.length ? pairs : Arrays.copyOf(pairs, count);
    if (!ascending) {
      Arrays.sort(pairs);
    }
    return new ScopeDocuments(pairs);
  }

  int size() {
    return pairs.length;
  }

  /**
   * The live documents of some ordinals.
   *
   * @param ordinals ascending
   * @return document (high 32 bits) and place in the given ordinals (low 32 bits), by document
   */
  long[] find(int[] ordinals, Bits live) {
    long[] found = new long[Math.min(16, ordinals.length)];
    int count = 0;
    int at = 0;
    for (int i = 0; i < ordinals.length && at < pairs.length; i++) {
      at = firstFrom(ordinals[i], at);
      for (int j = at; j < pairs.length && (int) (pairs[j] >>> 32) == ordinals[i]; j++) {
        int doc = (int) pairs[j];
        if (live == null || live.get(doc)) {
          found = count < found.length ? found : Arrays.copyOf(found, 2 * count);
          found[count++] = ((long) doc << 32) | i;
        }
      }
    }
    long[] result = Arrays.copyOf(found, count);
    Arrays.sort(result);
    return result;
  }

  /** The first pair of an ordinal or a higher one: by doubling steps, then by halving. */
  private int firstFrom(int ordinal, int from) {
    long wanted = (long) ordinal << 32;
    int step = 1;
    int low = from;
    while (low + step < pairs.length && pairs[low + step] < wanted) {
      low += step;
      step *= 2;
    }
    int found = Arrays.binarySearch(pairs, low, Math.min(pairs.length, low + step + 1), wanted);
    return found >= 0 ? found : -found - 1;
  }
}
