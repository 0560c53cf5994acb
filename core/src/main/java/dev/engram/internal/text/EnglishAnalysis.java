package dev.engram.internal.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.standard.StandardTokenizer;

/**
 * The English chain: Unicode words, lower case, {@link EnglishWordFilter}. Its stop words are the
 * lines of {@code english-stop-words.txt}. Thread-safe as every analyzer.
 */
final class EnglishAnalysis extends Analyzer {
  private static final CharArraySet STOP_WORDS = load("english-stop-words.txt");

  @Override
  protected TokenStreamComponents createComponents(String field) {
    Tokenizer words = new StandardTokenizer();
    return new TokenStreamComponents(
        words, new EnglishWordFilter(new LowerCaseFilter(words), STOP_WORDS));
  }

  private static CharArraySet load(String resource) {
    try (InputStream in = EnglishAnalysis.class.getResourceAsStream(resource);
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(
                    Objects.requireNonNull(in, resource), StandardCharsets.UTF_8))) {
      CharArraySet words = new CharArraySet(256, false);
      lines.lines().filter(line -> !line.isEmpty()).forEach(words::add);
      return CharArraySet.unmodifiableSet(words);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
