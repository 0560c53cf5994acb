package dev.engram.internal.text;

import dev.engram.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.text.Normalizer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.ar.ArabicAnalyzer;
import org.apache.lucene.analysis.bg.BulgarianAnalyzer;
import org.apache.lucene.analysis.bn.BengaliAnalyzer;
import org.apache.lucene.analysis.ca.CatalanAnalyzer;
import org.apache.lucene.analysis.cjk.CJKAnalyzer;
import org.apache.lucene.analysis.cz.CzechAnalyzer;
import org.apache.lucene.analysis.da.DanishAnalyzer;
import org.apache.lucene.analysis.de.GermanAnalyzer;
import org.apache.lucene.analysis.el.GreekAnalyzer;
import org.apache.lucene.analysis.es.SpanishAnalyzer;
import org.apache.lucene.analysis.et.EstonianAnalyzer;
import org.apache.lucene.analysis.eu.BasqueAnalyzer;
import org.apache.lucene.analysis.fa.PersianAnalyzer;
import org.apache.lucene.analysis.fi.FinnishAnalyzer;
import org.apache.lucene.analysis.fr.FrenchAnalyzer;
import org.apache.lucene.analysis.ga.IrishAnalyzer;
import org.apache.lucene.analysis.gl.GalicianAnalyzer;
import org.apache.lucene.analysis.hi.HindiAnalyzer;
import org.apache.lucene.analysis.hu.HungarianAnalyzer;
import org.apache.lucene.analysis.hy.ArmenianAnalyzer;
import org.apache.lucene.analysis.id.IndonesianAnalyzer;
import org.apache.lucene.analysis.it.ItalianAnalyzer;
import org.apache.lucene.analysis.lt.LithuanianAnalyzer;
import org.apache.lucene.analysis.lv.LatvianAnalyzer;
import org.apache.lucene.analysis.nl.DutchAnalyzer;
import org.apache.lucene.analysis.no.NorwegianAnalyzer;
import org.apache.lucene.analysis.pt.PortugueseAnalyzer;
import org.apache.lucene.analysis.ro.RomanianAnalyzer;
import org.apache.lucene.analysis.ru.RussianAnalyzer;
import org.apache.lucene.analysis.sr.SerbianAnalyzer;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.analysis.sv.SwedishAnalyzer;
import org.apache.lucene.analysis.th.ThaiAnalyzer;
import org.apache.lucene.analysis.tr.TurkishAnalyzer;

/**
 * Turns texts into terms, by language. Thread-safe; a language costs nothing until its first text.
 *
 * <p>Every language splits by the rules of Unicode (UAX 29; emoji are terms), lower-cases, drops
 * its stop words and stems; {@code standard} only splits and lower-cases. Tokens of more than 255
 * characters are split, so no text is refused. Texts are normalised to NFC first. It does not guess
 * a language.
 */
public final class TextAnalysis {
  /** The language used unless another is asked for. */
  public static final String DEFAULT_LANGUAGE = "english";

  private static final char FIRST_COMBINING_MARK = 0x300;
  private static final int MAX_IDLE_WORKSPACES = 8;
  private static final int MAX_REUSED_CHARS = 1 << 20;
  private static final Map<String, Supplier<Analyzer>> LANGUAGES = languages();

  private final Map<String, ArrayDeque<AnalysisWorkspace>> idle = new ConcurrentHashMap<>();

  /**
   * Analyses one text.
   *
   * @throws InvalidInputException for an unknown language
   */
  public AnalyzedText analyze(String text, String language) {
    ArrayDeque<AnalysisWorkspace> pool = pool(language);
    AnalysisWorkspace workspace = take(pool, language);
    AnalyzedText analyzed;
    try {
      analyzed = workspace.analyze(normalize(text), AnalyzedText.hash(text, language));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // the source is a string
    }
    if (text.length() <= MAX_REUSED_CHARS) {
      giveBack(pool, workspace);
    }
    return analyzed;
  }

  /**
   * Checks the name of a language.
   *
   * @throws InvalidInputException for an unknown language; lists the known ones
   */
  public static void checkLanguage(String language) {
    if (!LANGUAGES.containsKey(language)) {
      throw new InvalidInputException(
          "text analysis: unknown language; use one of " + new TreeSet<>(LANGUAGES.keySet()));
    }
  }

  private ArrayDeque<AnalysisWorkspace> pool(String language) {
    ArrayDeque<AnalysisWorkspace> pool = idle.get(language);
    if (pool != null) {
      return pool;
    }
    checkLanguage(language);
    return idle.computeIfAbsent(language, name -> new ArrayDeque<>());
  }

  private static AnalysisWorkspace take(ArrayDeque<AnalysisWorkspace> pool, String language) {
    AnalysisWorkspace workspace;
    synchronized (pool) {
      workspace = pool.pollLast();
    }
    return workspace != null ? workspace : new AnalysisWorkspace(newAnalyzer(language));
  }

  private static void giveBack(ArrayDeque<AnalysisWorkspace> pool, AnalysisWorkspace workspace) {
    synchronized (pool) {
      if (pool.size() < MAX_IDLE_WORKSPACES) {
        pool.addLast(workspace);
      }
    }
  }

  private static Analyzer newAnalyzer(String language) {
    Supplier<Analyzer> supplier = LANGUAGES.get(language);
    if (supplier == null) {
      throw new IllegalStateException("language vanished");
    }
    return supplier.get();
  }

  private static String normalize(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= FIRST_COMBINING_MARK) {
        return Normalizer.normalize(paired(text), Normalizer.Form.NFC);
      }
    }
    return text;
  }

  /** Half of a surrogate pair would end the tokenizer's input; a space takes its place. */
  private static String paired(String text) {
    StringBuilder repaired = null;
    for (int i = 0; i < text.length(); i++) {
      int point = text.codePointAt(i);
      if (point > Character.MAX_VALUE) {
        i++;
      } else if (Character.isSurrogate((char) point)) {
        repaired = repaired == null ? new StringBuilder(text) : repaired;
        repaired.setCharAt(i, ' ');
      }
    }
    return repaired == null ? text : repaired.toString();
  }

  private static Map<String, Supplier<Analyzer>> languages() {
    Map<String, Supplier<Analyzer>> all = new HashMap<>();
    all.put("standard", () -> new StandardAnalyzer(CharArraySet.EMPTY_SET));
    all.put(DEFAULT_LANGUAGE, EnglishAnalysis::new);
    all.put("arabic", ArabicAnalyzer::new);
    all.put("armenian", ArmenianAnalyzer::new);
    all.put("basque", BasqueAnalyzer::new);
    all.put("bengali", BengaliAnalyzer::new);
    all.put("bulgarian", BulgarianAnalyzer::new);
    all.put("catalan", CatalanAnalyzer::new);
    all.put("cjk", CJKAnalyzer::new);
    all.put("czech", CzechAnalyzer::new);
    all.put("danish", DanishAnalyzer::new);
    all.put("dutch", DutchAnalyzer::new);
    all.put("estonian", EstonianAnalyzer::new);
    all.put("finnish", FinnishAnalyzer::new);
    all.put("french", FrenchAnalyzer::new);
    all.put("galician", GalicianAnalyzer::new);
    all.put("german", GermanAnalyzer::new);
    all.put("greek", GreekAnalyzer::new);
    all.put("hindi", HindiAnalyzer::new);
    all.put("hungarian", HungarianAnalyzer::new);
    all.put("indonesian", IndonesianAnalyzer::new);
    all.put("irish", IrishAnalyzer::new);
    all.put("italian", ItalianAnalyzer::new);
    all.put("latvian", LatvianAnalyzer::new);
    all.put("lithuanian", LithuanianAnalyzer::new);
    all.put("norwegian", NorwegianAnalyzer::new);
    all.put("persian", PersianAnalyzer::new);
    all.put("portuguese", PortugueseAnalyzer::new);
    all.put("romanian", RomanianAnalyzer::new);
    all.put("russian", RussianAnalyzer::new);
    all.put("serbian", SerbianAnalyzer::new);
    all.put("spanish", SpanishAnalyzer::new);
    all.put("swedish", SwedishAnalyzer::new);
    all.put("thai", ThaiAnalyzer::new);
    all.put("turkish", TurkishAnalyzer::new);
    return Map.copyOf(all);
  }
}
