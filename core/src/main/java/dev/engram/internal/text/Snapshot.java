package dev.engram.internal.text;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * What searches see between two refreshes. Thread-safe; its reader is counted, so that it stays
 * open until the last search over it ends.
 */
final class Snapshot {
  private final DirectoryReader reader;

  /** A scope with fewer documents in a segment is looked up anew each time. */
  private static final int LEAST_KEPT = 4_096;

  private final Map<LeafReader, DeadDocuments> dead = new ConcurrentHashMap<>();

  /** By segment, whatever is deleted in it, and scope. */
  private final Map<IndexReader.CacheKey, Map<Long, ScopeDocuments>> documents =
      new ConcurrentHashMap<>();

  Snapshot(DirectoryReader reader, @Nullable Snapshot previous) {
    this.reader = reader;
    if (previous != null) {
      for (LeafReaderContext leaf : reader.leaves()) {
        DeadDocuments known = previous.dead.get(leaf.reader());
        if (known != null) {
          dead.put(leaf.reader(), known);
        }
        IndexReader.CacheKey key = leaf.reader().getCoreCacheHelper().getKey();
        Map<Long, ScopeDocuments> places = previous.documents.get(key);
        if (places != null) {
          documents.put(key, places);
        }
      }
    }
  }

  DirectoryReader reader() {
    return reader;
  }

  List<LeafReaderContext> leaves() {
    return reader.leaves();
  }

  boolean acquire() {
    return reader.tryIncRef();
  }

  void release() throws IOException {
    reader.decRef();
  }

  DeadDocuments.Scope dead(LeafReader leaf, long scope) throws IOException {
    DeadDocuments documents = dead.get(leaf);
    if (documents == null) {
      documents = new DeadDocuments(leaf);
      dead.put(leaf, documents);
    }
    return documents.of(scope);
  }

  /** Where the documents of a scope are in a segment. */
  ScopeDocuments documents(LeafReader leaf, long scope) throws IOException {
    IndexReader.CacheKey key = leaf.getCoreCacheHelper().getKey();
    Map<Long, ScopeDocuments> places = documents.get(key);
    ScopeDocuments known = places == null ? null : places.get(scope);
    if (known != null) {
      return known;
    }
    ScopeDocuments read = ScopeDocuments.read(leaf, scope);
    if (read.size() >= LEAST_KEPT) {
      documents.computeIfAbsent(key, _ -> new ConcurrentHashMap<>()).put(scope, read);
    }
    return read;
  }

  /** The number of live documents of a scope and the sum of their lengths, exactly. */
  ScopeSize size(long scope) throws IOException {
    BytesRef marker = TextLayout.marker(scope);
    long count = 0;
    long length = 0;
    for (LeafReaderContext context : leaves()) {
      Terms terms = context.reader().terms(TextLayout.MARKER);
      TermsEnum term = terms == null ? null : terms.iterator();
      if (term != null && term.seekExact(marker)) {
        DeadDocuments.Scope gone = dead(context.reader(), scope);
        count += term.docFreq() - gone.count();
        length += term.totalTermFreq() - term.docFreq() - gone.length();
      }
    }
    return new ScopeSize(count, length);
  }

  /** The segment and number of a live document, or null. */
  @Nullable Location locate(long scope, int ordinal) throws IOException {
    Term key = TextLayout.keyTerm(scope, ordinal);
    for (LeafReaderContext context : leaves()) {
      PostingsEnum postings = context.reader().postings(key, PostingsEnum.NONE);
      Bits live = context.reader().getLiveDocs();
      while (postings != null && postings.nextDoc() != DocIdSetIterator.NO_MORE_DOCS) {
        if (live == null || live.get(postings.docID())) {
          return new Location(context, postings.docID());
        }
      }
    }
    return null;
  }

  /** Size of a scope. */
  record ScopeSize(long count, long length) {}

  /** Where a document is. */
  record Location(LeafReaderContext leaf, int doc) {}
}
