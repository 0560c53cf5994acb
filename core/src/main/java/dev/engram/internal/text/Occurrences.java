package dev.engram.internal.text;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.BytesRef;

/** Looks up how often some terms occur in some documents. One thread, one use. */
final class Occurrences {
  private final Snapshot snapshot;
  private final long scope;
  private final List<BytesRef> terms;
  private final int[] ordinals;
  private final TermTable table;

  Occurrences(
      Snapshot snapshot, long scope, List<BytesRef> terms, int[] ordinals, TermTable table) {
    this.snapshot = snapshot;
    this.scope = scope;
    this.terms = terms;
    this.ordinals = ordinals;
    this.table = table;
  }

  void fill() throws IOException {
    for (LeafReaderContext context : snapshot.leaves()) {
      LeafReader leaf = context.reader();
      long[] wanted = snapshot.documents(leaf, scope).find(ordinals, leaf.getLiveDocs());
      if (wanted.length > 0) {
        readLengths(leaf, wanted);
        for (int term = 0; term < terms.size(); term++) {
          fill(leaf, term, wanted);
        }
      }
    }
  }

  private void fill(LeafReader leaf, int term, long[] wanted) throws IOException {
    PostingsEnum postings =
        leaf.postings(new Term(TextLayout.TEXT, terms.get(term)), PostingsEnum.FREQS);
    if (postings == null) {
      return;
    }
    int at = -1;
    for (long each : wanted) {
      int doc = (int) (each >>> 32);
      at = at < doc ? postings.advance(doc) : at;
      if (at == DocIdSetIterator.NO_MORE_DOCS) {
        return;
      }
      if (at == doc) {
        table.setCount(term, (int) each, postings.freq());
      }
    }
  }

  private void readLengths(LeafReader leaf, long[] wanted) throws IOException {
    NumericDocValues lengths = leaf.getNormValues(TextLayout.TEXT);
    for (long each : wanted) {
      if (lengths != null && lengths.advanceExact((int) (each >>> 32))) {
        table.setLength((int) each, lengths.longValue());
      }
    }
  }
}
