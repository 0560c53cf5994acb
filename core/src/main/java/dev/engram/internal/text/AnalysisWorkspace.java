package dev.engram.internal.text;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.AnalyzerWrapper;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.TermToBytesRefAttribute;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.BytesRefHash;
import org.jspecify.annotations.Nullable;

/**
 * One token chain and the tables that count its terms, reused from text to text. One thread at a
 * time. Holds its chain itself, because a chain per thread would be a chain per virtual thread.
 */
final class AnalysisWorkspace {
  /** No tokenizer makes terms this long; a guard against Lucene's limit of 32,766 bytes. */
  private static final int MAX_TERM_BYTES = 8_192;

  private final Analyzer analyzer;
  private final BytesRefHash terms = new BytesRefHash();
  private int[] freqs = new int[64];

  AnalysisWorkspace(Analyzer language) {
    analyzer = new HeldAnalyzer(language);
  }

  AnalyzedText analyze(String text, long hash) throws IOException {
    terms.clear();
    terms.reinit();
    Arrays.fill(freqs, 0);
    int length = 0;
    try (TokenStream stream = analyzer.tokenStream(TextLayout.TEXT, text)) {
      CharTermAttribute chars = stream.addAttribute(CharTermAttribute.class);
      TermToBytesRefAttribute term = stream.getAttribute(TermToBytesRefAttribute.class);
      stream.reset();
      while (stream.incrementToken()) {
        if (!chars.isEmpty()) {
          count(term.getBytesRef());
          length++;
        }
      }
      stream.end();
    }
    return result(length, hash);
  }

  private void count(BytesRef term) {
    term.length = Math.min(term.length, MAX_TERM_BYTES);
    int id = terms.add(term);
    id = id < 0 ? -id - 1 : id;
    if (id == freqs.length) {
      freqs = Arrays.copyOf(freqs, 2 * id);
    }
    freqs[id]++;
  }

  private AnalyzedText result(int length, long hash) {
    int size = terms.size();
    int[] ends = new int[size];
    BytesRef term = new BytesRef();
    int total = 0;
    for (int i = 0; i < size; i++) {
      total += terms.get(i, term).length;
      ends[i] = total;
    }
    byte[] bytes = new byte[total];
    for (int i = 0; i < size; i++) {
      terms.get(i, term);
      System.arraycopy(term.bytes, term.offset, bytes, ends[i] - term.length, term.length);
    }
    return new AnalyzedText(bytes, ends, Arrays.copyOf(freqs, size), length, hash);
  }

  /** An analyzer that keeps its one chain in a field instead of in a thread local. */
  private static final class HeldAnalyzer extends AnalyzerWrapper {
    private final Analyzer language;

    HeldAnalyzer(Analyzer language) {
      super(new HeldChain());
      this.language = language;
    }

    @Override
    protected Analyzer getWrappedAnalyzer(String field) {
      return language;
    }
  }

  private static final class HeldChain extends Analyzer.ReuseStrategy {
    private Analyzer.@Nullable TokenStreamComponents chain;

    @Override
    public Analyzer.@Nullable TokenStreamComponents getReusableComponents(
        Analyzer analyzer, String field) {
      return chain;
    }

    @Override
    public void setReusableComponents(
        Analyzer analyzer, String field, Analyzer.TokenStreamComponents components) {
      chain = components;
    }
  }
}
