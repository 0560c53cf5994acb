package dev.engram.internal.text;

import dev.engram.InvalidInputException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.apache.lucene.index.Term;
import org.apache.lucene.util.BytesRef;

/**
 * The fields, terms and commit data of the text index. Static functions only.
 *
 * <pre>
 * field  kind                       content
 * t      postings with freqs, norm  terms: scope (8 bytes) + token (UTF-8); norm: document length
 * m      postings with freqs        one term: scope (8 bytes), freq: document length + 1
 * k      postings                   one term: scope (8 bytes) + ordinal (4 bytes)
 * s o h  doc values                 scope, ordinal, hash of the text and its language
 *
 * scope = collection (4 bytes, big-endian) + epoch (4 bytes, big-endian)
 * </pre>
 *
 * A token carries its scope, so its document frequency is that of the scope; the document frequency
 * of the term in {@code m} is the number of documents of the scope, and its total frequency less
 * that number is the sum of their lengths. No text is stored.
 */
final class TextLayout {
  /** The version of the fields above and of the analysis; another version must be rebuilt. */
  static final String VERSION = "1";

  static final String TEXT = "t";
  static final String MARKER = "m";
  static final String KEY = "k";
  static final String SCOPE = "s";
  static final String ORDINAL = "o";
  static final String HASH = "h";

  static final String COMMIT_VERSION = "engram.version";
  static final String COMMIT_TIMELINE = "engram.timeline";
  static final String COMMIT_LSN = "engram.lsn";
  static final String COMMIT_STORE = "engram.store";

  static final int SCOPE_BYTES = 8;
  static final int KEY_BYTES = 12;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private TextLayout() {}

  static long scope(int collection, int epoch) {
    if (collection < 0 || epoch < 0) {
      throw new InvalidInputException(
          "text scope: collection=" + collection + ", epoch=" + epoch + "; give numbers from 0");
    }
    return (long) collection << 32 | epoch;
  }

  static int collection(long scope) {
    return (int) (scope >>> 32);
  }

  static int epoch(long scope) {
    return (int) scope;
  }

  static void putScope(byte[] bytes, long scope) {
    LONG.set(bytes, 0, scope);
  }

  static void putKey(byte[] bytes, long scope, int ordinal) {
    LONG.set(bytes, 0, scope);
    INT.set(bytes, SCOPE_BYTES, ordinal);
  }

  static BytesRef marker(long scope) {
    byte[] bytes = new byte[SCOPE_BYTES];
    putScope(bytes, scope);
    return new BytesRef(bytes);
  }

  static void checkOrdinal(int ordinal) {
    if (ordinal < 0) {
      throw new InvalidInputException("text key: ordinal=" + ordinal + "; give a number from 0");
    }
  }

  static BytesRef key(long scope, int ordinal) {
    checkOrdinal(ordinal);
    byte[] bytes = new byte[KEY_BYTES];
    putKey(bytes, scope, ordinal);
    return new BytesRef(bytes);
  }

  static Term keyTerm(long scope, int ordinal) {
    return new Term(KEY, key(scope, ordinal));
  }
}
