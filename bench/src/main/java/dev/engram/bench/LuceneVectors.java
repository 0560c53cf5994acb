package dev.engram.bench;

import dev.engram.Metric;
import java.io.IOException;
import java.util.Objects;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.RescoreTopNQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;
import org.jspecify.annotations.Nullable;

/**
 * Lucene's HNSW: M 16, beam 100, one segment. Documents are added in the order of their ordinals
 * and stay where they are, so that the one is the other.
 */
final class LuceneVectors implements Peer.Filtering, Peer.Deleting, Peer.Stored {
  private static final String FIELD = "v";
  private static final double BUFFER_MIB = 2_000;
  private static final int M = 16;
  private static final int BEAM = 100;

  private static final double[] CANDIDATES = {10, 15, 20, 30, 40, 55, 70, 100, 130, 260, 510};
  private static final double[] RESCORED = {20, 30, 40, 55, 70, 100, 130, 260, 510, 1_000};

  /** What the graph is searched by. */
  enum Form {
    FLOAT("lucene", null),

    /** A byte each dimension; scores stay what the bytes say. */
    BYTE("lucene-8bit", ScalarEncoding.UNSIGNED_BYTE),

    /** A bit each dimension; all candidates are scored again by their floats. */
    BIT("lucene-1bit", ScalarEncoding.SINGLE_BIT_QUERY_NIBBLE);

    private final String shown;
    private final @Nullable ScalarEncoding encoding;

    Form(String shown, @Nullable ScalarEncoding encoding) {
      this.shown = shown;
      this.encoding = encoding;
    }

    private KnnVectorsFormat format() {
      return encoding == null
          ? new Lucene99HnswVectorsFormat(M, BEAM)
          : new Lucene104HnswScalarQuantizedVectorsFormat(encoding, M, BEAM);
    }
  }

  private final Form form;
  private final VectorSimilarityFunction similarity;
  private final TemporaryFolder folder;
  private final MMapDirectory directory;
  private @Nullable DirectoryReader reader;
  private @Nullable IndexSearcher searcher;

  LuceneVectors(Form form, Vectors data) throws IOException {
    this.form = form;
    this.similarity = similarity(data.metric());
    this.folder = TemporaryFolder.make(form.shown);
    this.directory = new MMapDirectory(folder.path());
  }

  /** Vectors under the cosine are of unit length: then Lucene advises the dot product. */
  private static VectorSimilarityFunction similarity(Metric metric) {
    return switch (metric) {
      case COSINE -> VectorSimilarityFunction.DOT_PRODUCT;
      case DOT -> VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;
      case EUCLIDEAN -> VectorSimilarityFunction.EUCLIDEAN;
      case MANHATTAN -> throw new IllegalArgumentException("Lucene has no such metric: " + metric);
    };
  }

  @Override
  public String name() {
    return form.shown;
  }

  @Override
  public String knob() {
    return "candidates";
  }

  @Override
  public double[] efforts() {
    return (form == Form.BIT ? RESCORED : CANDIDATES).clone();
  }

  private IndexWriterConfig config() {
    return new IndexWriterConfig()
        .setRAMBufferSizeMB(BUFFER_MIB)
        .setMergePolicy(new LogDocMergePolicy())
        .setMergeScheduler(new SerialMergeScheduler())
        .setUseCompoundFile(false)
        .setCodec(
            new Lucene104Codec() {
              @Override
              public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                return form.format();
              }
            });
  }

  @Override
  public void build(float[][] base) throws IOException {
    try (IndexWriter writer = new IndexWriter(directory, config())) {
      for (float[] vector : base) {
        Document document = new Document();
        document.add(new KnnFloatVectorField(FIELD, vector, similarity));
        writer.addDocument(document);
      }
      writer.forceMerge(1);
    }
    reopen();
  }

  @Override
  public void reopen() throws IOException {
    if (reader != null) {
      reader.close();
    }
    reader = DirectoryReader.open(directory);
    searcher = new IndexSearcher(reader);
    searcher.setQueryCache(null);
  }

  @Override
  public Asking asking(int limit, double effort) {
    return asking(limit, effort, (Query) null);
  }

  @Override
  public Asking asking(int limit, double effort, Subset allowed) {
    return asking(limit, effort, new SubsetQuery(allowed, reader().maxDoc()));
  }

  private Asking asking(int limit, double candidates, @Nullable Query filter) {
    return query -> {
      Query nearest = new KnnFloatVectorQuery(FIELD, query, (int) candidates, filter);
      if (form == Form.BIT) {
        nearest = RescoreTopNQuery.createFullPrecisionRescorerQuery(nearest, query, FIELD, limit);
      }
      ScoreDoc[] hits = Objects.requireNonNull(searcher).search(nearest, limit).scoreDocs;
      int[] ordinals = new int[hits.length];
      for (int i = 0; i < hits.length; i++) {
        ordinals[i] = hits[i].doc;
      }
      return ordinals;
    };
  }

  private DirectoryReader reader() {
    return Objects.requireNonNull(reader);
  }

  @Override
  public void delete(int[] ordinals) throws IOException {
    try (IndexWriter writer =
        new IndexWriter(directory, config().setMergePolicy(NoMergePolicy.INSTANCE))) {
      try (DirectoryReader current = DirectoryReader.open(writer)) {
        for (int ordinal : ordinals) {
          writer.tryDeleteDocument(current, ordinal);
        }
      }
      writer.commit();
    }
    reopen();
  }

  @Override
  public long fileBytes() throws IOException {
    return folder.bytes();
  }

  @Override
  public void close() throws IOException {
    if (reader != null) {
      reader.close();
    }
    directory.close();
    folder.close();
  }
}
