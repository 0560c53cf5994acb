package dev.engram.internal.text;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TermStates;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.CollectionStatistics;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.ScorerSupplier;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.BytesRef;

/**
 * One question to one scope of one snapshot: the exact statistics of its terms, then the hits or an
 * explanation.
 *
 * <p>score(d) = Σ idf(t) · tf / (tf + k1 · (1 − b + b · length / average)) / Z over the distinct
 * terms t of the question; Z = Σ idf(t), where a term that the scope does not have counts ½ ln(1 +
 * N / 0.5). One thread, one use.
 */
final class ScopedSearch {
  /** Lucene refuses more clauses in one query; longer questions become a tree. */
  private static final int MAX_CLAUSES = 1_024;

  private final Snapshot snapshot;
  private final TextQuery query;
  private final AnalyzedText question;
  private final long scope;
  private final List<ScopedTerm> terms = new ArrayList<>();
  private Snapshot.ScopeSize size = new Snapshot.ScopeSize(0, 0);
  private double information;

  ScopedSearch(Snapshot snapshot, TextQuery query, AnalyzedText question) {
    this.snapshot = snapshot;
    this.query = query;
    this.question = question;
    this.scope = TextLayout.scope(query.collection(), query.epoch());
  }

  List<TextHit> hits() throws IOException {
    if (!resolve()) {
      return List.of();
    }
    boolean prunes = query.limit() < size.count();
    HitCollector collector = new HitCollector(query.limit(), query.allowed(), prunes);
    Weight weight =
        searcher().createWeight(anyOf(), prunes ? ScoreMode.TOP_SCORES : ScoreMode.COMPLETE, 1);
    for (LeafReaderContext leaf : snapshot.leaves()) {
      ScorerSupplier scorer = weight.scorerSupplier(leaf);
      if (scorer != null) {
        scorer.setTopLevelScoringClause();
        collector.enter(leaf);
        scorer
            .bulkScorer()
            .score(collector, leaf.reader().getLiveDocs(), 0, DocIdSetIterator.NO_MORE_DOCS);
      }
    }
    return collector.hits();
  }

  List<TermScore> explain(int ordinal) throws IOException {
    Snapshot.Location location = snapshot.locate(scope, ordinal);
    if (location == null || !resolve()) {
      return List.of();
    }
    LeafReader leaf = location.leaf().reader();
    NumericDocValues norms = leaf.getNormValues(TextLayout.TEXT);
    ShareSimilarity similarity = similarity();
    List<TermScore> scores = new ArrayList<>();
    for (ScopedTerm term : terms) {
      PostingsEnum postings = leaf.postings(new Term(TextLayout.TEXT, term.bytes()));
      if (postings != null && norms != null && postings.advance(location.doc()) == location.doc()) {
        norms.advanceExact(location.doc());
        double weight = term.idf() / information;
        double part = similarity.share(weight, postings.freq(), norms.longValue());
        scores.add(new TermScore(term.token(), term.idf(), postings.freq(), part));
      }
    }
    return scores;
  }

  /** How often the terms occur in some documents, given in ascending order. */
  TermTable occurrences(int[] ordinals) throws IOException {
    if (!resolve()) {
      return TermTable.empty(question.size(), ordinals);
    }
    TermTable table =
        new TermTable(
            question.size(),
            size.count(),
            (double) size.length() / size.count(),
            information,
            terms.stream().map(ScopedTerm::token).toList(),
            terms.stream().mapToDouble(ScopedTerm::idf).toArray(),
            ordinals);
    List<BytesRef> bytes = terms.stream().map(ScopedTerm::bytes).toList();
    new Occurrences(snapshot, scope, bytes, ordinals, table).fill();
    return table;
  }

  /** Looks up every term of the question; false when none can match. */
  private boolean resolve() throws IOException {
    size = snapshot.size(scope);
    if (size.count() <= 0) {
      return false;
    }
    List<TermsEnum> dictionaries = dictionaries();
    for (int i = 0; i < question.size(); i++) {
      TermStates states = new TermStates(snapshot.reader().getContext());
      BytesRef bytes = scoped(i);
      int df = look(dictionaries, bytes, states);
      if (df > 0) {
        double idf = Math.log(1 + (size.count() - df + 0.5) / (df + 0.5));
        terms.add(new ScopedTerm(question.term(i), bytes, states, idf));
        information += idf;
      } else {
        information += 0.5 * Math.log(1 + size.count() / 0.5);
      }
    }
    return !terms.isEmpty();
  }

  private List<TermsEnum> dictionaries() throws IOException {
    List<TermsEnum> dictionaries = new ArrayList<>();
    for (LeafReaderContext leaf : snapshot.leaves()) {
      Terms terms = leaf.reader().terms(TextLayout.TEXT);
      dictionaries.add(terms == null ? TermsEnum.EMPTY : terms.iterator());
    }
    return dictionaries;
  }

  /** The live documents that have a term; registers where its postings are. */
  private int look(List<TermsEnum> dictionaries, BytesRef bytes, TermStates states)
      throws IOException {
    int df = 0;
    for (LeafReaderContext leaf : snapshot.leaves()) {
      TermsEnum dictionary = dictionaries.get(leaf.ord);
      if (dictionary.seekExact(bytes)) {
        int all = dictionary.docFreq();
        states.register(dictionary.termState(), leaf.ord, all, dictionary.totalTermFreq());
        DeadDocuments.Scope dead = snapshot.dead(leaf.reader(), scope);
        boolean exact = dead.count() == 0;
        df += exact ? all : all - dead.countIn(dictionary.postings(null, PostingsEnum.NONE));
      }
    }
    return df;
  }

  private BytesRef scoped(int i) {
    byte[] bytes = new byte[TextLayout.SCOPE_BYTES + question.termBytes(i)];
    TextLayout.putScope(bytes, scope);
    question.copyTerm(i, bytes, TextLayout.SCOPE_BYTES);
    return new BytesRef(bytes);
  }

  private Query anyOf() {
    List<Query> clauses = new ArrayList<>(terms.size());
    for (ScopedTerm term : terms) {
      clauses.add(new TermQuery(new Term(TextLayout.TEXT, term.bytes()), term.states()));
    }
    while (clauses.size() > 1) {
      List<Query> parents = new ArrayList<>();
      for (int from = 0; from < clauses.size(); from += MAX_CLAUSES) {
        BooleanQuery.Builder any = new BooleanQuery.Builder();
        clauses
            .subList(from, Math.min(from + MAX_CLAUSES, clauses.size()))
            .forEach(clause -> any.add(clause, BooleanClause.Occur.SHOULD));
        parents.add(any.build());
      }
      clauses = parents;
    }
    return clauses.getFirst();
  }

  private ShareSimilarity similarity() {
    Map<BytesRef, Double> weights = new HashMap<>();
    for (ScopedTerm term : terms) {
      weights.put(term.bytes(), term.idf() / information);
    }
    double average = (double) size.length() / size.count();
    double flat = query.k1() * (1 - query.b());
    return new ShareSimilarity(weights, flat, query.k1() * query.b() / average);
  }

  private IndexSearcher searcher() {
    IndexSearcher searcher = new ScopeSearcher(snapshot);
    searcher.setSimilarity(similarity());
    searcher.setQueryCache(null);
    return searcher;
  }

  /** A term of the question that the scope has. */
  private record ScopedTerm(String token, BytesRef bytes, TermStates states, double idf) {}

  /** A searcher that does not count the whole index: the similarity brings its own statistics. */
  private static final class ScopeSearcher extends IndexSearcher {
    private static final CollectionStatistics UNUSED =
        new CollectionStatistics(TextLayout.TEXT, 1, 1, 1, 1);

    ScopeSearcher(Snapshot snapshot) {
      super(snapshot.reader());
    }

    @Override
    public CollectionStatistics collectionStatistics(String field) {
      return UNUSED;
    }
  }
}
