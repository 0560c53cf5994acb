package dev.engram.internal.text;

import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.util.BytesRef;

/** The one Lucene document that is filled again for every write. One thread at a time. */
final class DocumentTemplate {
  private final byte[] keyBytes = new byte[TextLayout.KEY_BYTES];
  private final BytesRef key = new BytesRef(keyBytes);
  private final TermStream terms = new TermStream();
  private final TermStream marker = new TermStream();
  private final Field keyField = new StringField(TextLayout.KEY, key, Field.Store.NO);
  private final Field scope = new NumericDocValuesField(TextLayout.SCOPE, 0);
  private final Field ordinal = new NumericDocValuesField(TextLayout.ORDINAL, 0);
  private final Field hash = new NumericDocValuesField(TextLayout.HASH, 0);
  private final Document document = new Document();

  DocumentTemplate() {
    document.add(new Field(TextLayout.TEXT, terms, postings(false)));
    document.add(new Field(TextLayout.MARKER, marker, postings(true)));
    document.add(keyField);
    document.add(scope);
    document.add(ordinal);
    document.add(hash);
  }

  Document fill(long documentScope, int documentOrdinal, AnalyzedText text) {
    TextLayout.putKey(keyBytes, documentScope, documentOrdinal);
    keyField.setBytesValue(key);
    terms.setText(documentScope, text);
    marker.setMarker(documentScope, text.length() + 1);
    scope.setLongValue(documentScope);
    ordinal.setLongValue(documentOrdinal);
    hash.setLongValue(text.hash());
    return document;
  }

  private static FieldType postings(boolean omitNorms) {
    FieldType type = new FieldType();
    type.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
    type.setTokenized(true);
    type.setOmitNorms(omitNorms);
    type.freeze();
    return type;
  }
}
