package dev.engram.internal.text;

import java.util.Arrays;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.BytesTermAttribute;
import org.apache.lucene.analysis.tokenattributes.TermFrequencyAttribute;
import org.apache.lucene.util.AttributeFactory;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * Feeds the writer the terms of one document, each prefixed by its scope and given once with its
 * frequency; or, without a text, the marker of the scope. Reused; one thread at a time.
 */
final class TermStream extends TokenStream {
  private final BytesTermAttribute termAttribute = addAttribute(BytesTermAttribute.class);
  private final TermFrequencyAttribute frequency = addAttribute(TermFrequencyAttribute.class);
  private final BytesRef term = new BytesRef(new byte[256]);
  private @Nullable AnalyzedText text;
  private int markerFrequency;
  private int next;

  TermStream() {
    super(AttributeFactory.DEFAULT_ATTRIBUTE_FACTORY);
  }

  void setText(long scope, AnalyzedText analyzed) {
    text = analyzed;
    TextLayout.putScope(term.bytes, scope);
  }

  void setMarker(long scope, int termFrequency) {
    text = null;
    markerFrequency = termFrequency;
    TextLayout.putScope(term.bytes, scope);
  }

  @Override
  public void reset() {
    next = 0;
  }

  @Override
  public boolean incrementToken() {
    AnalyzedText analyzed = text;
    if (next >= (analyzed == null ? 1 : analyzed.size())) {
      return false;
    }
    clearAttributes();
    term.length = TextLayout.SCOPE_BYTES;
    int times = markerFrequency;
    if (analyzed != null) {
      append(analyzed);
      times = analyzed.freq(next);
    }
    termAttribute.setBytesRef(term);
    frequency.setTermFrequency(times);
    next++;
    return true;
  }

  private void append(AnalyzedText analyzed) {
    term.length += analyzed.termBytes(next);
    if (term.length > term.bytes.length) {
      term.bytes = Arrays.copyOf(term.bytes, 2 * term.length);
    }
    analyzed.copyTerm(next, term.bytes, TextLayout.SCOPE_BYTES);
  }
}
