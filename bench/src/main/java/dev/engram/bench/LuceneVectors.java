package dev.engram.bench;

import dev.engram.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.MMapDirectory;
import org.jspecify.annotations.Nullable;

/** Lucene's HNSW of float vectors: M 16, beam 100, one segment. */
final class LuceneVectors implements AutoCloseable {
  private static final String FIELD = "v";
  private static final double BUFFER_MIB = 2_000;

  private final VectorSimilarityFunction similarity;
  private final Path folder;
  private final MMapDirectory directory;
  private @Nullable DirectoryReader reader;

  LuceneVectors(Metric metric) throws IOException {
    this.similarity =
        switch (metric) {
          case COSINE -> VectorSimilarityFunction.COSINE;
          case DOT -> VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;
          case EUCLIDEAN -> VectorSimilarityFunction.EUCLIDEAN;
        };
    this.folder = Files.createTempDirectory("engram-bench-lucene");
    this.directory = new MMapDirectory(folder);
  }

  void build(float[][] base) throws IOException {
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setRAMBufferSizeMB(BUFFER_MIB)
            .setMergeScheduler(new SerialMergeScheduler())
            .setUseCompoundFile(false);
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (float[] vector : base) {
        Document document = new Document();
        document.add(new KnnFloatVectorField(FIELD, vector, similarity));
        writer.addDocument(document);
      }
      writer.forceMerge(1);
    }
    reader = DirectoryReader.open(directory);
  }

  /** The documents were added in the order of their ordinals and none was deleted. */
  int[] nearest(float[] query, int limit, int candidates) throws IOException {
    IndexSearcher searcher = new IndexSearcher(java.util.Objects.requireNonNull(reader));
    ScoreDoc[] hits =
        searcher.search(new KnnFloatVectorQuery(FIELD, query, candidates), limit).scoreDocs;
    int[] ordinals = new int[hits.length];
    for (int i = 0; i < hits.length; i++) {
      ordinals[i] = hits[i].doc;
    }
    return ordinals;
  }

  @Override
  public void close() throws IOException {
    if (reader != null) {
      reader.close();
    }
    directory.close();
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> all = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : all) {
        Files.delete(file);
      }
    }
  }
}
