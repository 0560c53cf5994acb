package dev.engram.bench;

import dev.engram.Metric;
import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.ListRandomAccessVectorValues;
import io.github.jbellis.jvector.graph.SearchResult;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.util.Bits;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.github.jbellis.jvector.vector.types.VectorTypeSupport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;

/**
 * JVector's graph of float vectors in memory: degree 32 on the lowest level and 16 above, as HNSW
 * has with M 16; beam 100, overflow 1.2, alpha 1.2. Nodes are added by the calling thread, and what
 * the builder does in pools is done in pools of one thread.
 */
final class JVectorGraph implements Peer.Filtering, Peer.Deleting {
  static {
    // Of the pool that it shares between indexes and that nothing here should use.
    System.setProperty("jvector.physical_core_count", "1");
  }

  private static final VectorTypeSupport VECTORS =
      VectorizationProvider.getInstance().getVectorTypeSupport();
  private static final List<Integer> DEGREES = List.of(32, 16);
  private static final int BEAM = 100;
  private static final float OVERFLOW = 1.2f;
  private static final float ALPHA = 1.2f;
  private static final double[] RERANKED = {10, 15, 20, 30, 40, 55, 70, 100, 130, 260, 510};

  private final int dimension;
  private final VectorSimilarityFunction similarity;
  private final ForkJoinPool pool = new ForkJoinPool(1);
  private @Nullable GraphIndexBuilder builder;
  private @Nullable GraphSearcher searcher;
  private @Nullable ListRandomAccessVectorValues values;

  JVectorGraph(Vectors data) {
    this.dimension = data.dimension();
    this.similarity =
        data.metric() == Metric.EUCLIDEAN
            ? VectorSimilarityFunction.EUCLIDEAN
            : VectorSimilarityFunction.DOT_PRODUCT;
  }

  @Override
  public String name() {
    return "jvector";
  }

  @Override
  public String knob() {
    return "candidates";
  }

  @Override
  public double[] efforts() {
    return RERANKED.clone();
  }

  @Override
  public void build(float[][] base) {
    List<VectorFloat<?>> vectors = new ArrayList<>(base.length);
    for (float[] vector : base) {
      vectors.add(VECTORS.createFloatVector(vector));
    }
    ListRandomAccessVectorValues all = new ListRandomAccessVectorValues(vectors, dimension);
    GraphIndexBuilder made =
        GraphIndexBuilder.builder(
                BuildScoreProvider.randomAccessScoreProvider(all, similarity), dimension, DEGREES)
            .withBeamWidth(BEAM)
            .withNeighborOverflow(OVERFLOW)
            .withAlpha(ALPHA)
            .withSimdExecutor(pool)
            .withParallelExecutor(pool)
            .build();
    for (int i = 0; i < base.length; i++) {
      made.addGraphNode(i, vectors.get(i));
    }
    made.cleanup();
    values = all;
    builder = made;
    searcher = new GraphSearcher(made.getGraph());
  }

  @Override
  public Asking asking(int limit, double effort) {
    return asking(limit, effort, Bits.ALL);
  }

  @Override
  public Asking asking(int limit, double effort, Subset allowed) {
    BitSet bits = allowed.ordinals();
    return asking(limit, effort, bits::get);
  }

  private Asking asking(int limit, double candidates, Bits allowed) {
    GraphSearcher asked = Objects.requireNonNull(searcher);
    ListRandomAccessVectorValues all = Objects.requireNonNull(values);
    return query -> {
      DefaultSearchScoreProvider scores =
          DefaultSearchScoreProvider.exact(VECTORS.createFloatVector(query), similarity, all);
      SearchResult found = asked.search(scores, limit, (int) candidates, 0f, 0f, allowed);
      SearchResult.NodeScore[] nodes = found.getNodes();
      int[] ordinals = new int[nodes.length];
      for (int i = 0; i < nodes.length; i++) {
        ordinals[i] = nodes[i].node;
      }
      return ordinals;
    };
  }

  @Override
  public void delete(int[] ordinals) throws IOException {
    GraphIndexBuilder graph = Objects.requireNonNull(builder);
    for (int ordinal : ordinals) {
      graph.markNodeDeleted(ordinal);
    }
    graph.cleanup();
    Objects.requireNonNull(searcher).close();
    searcher = new GraphSearcher(graph.getGraph());
  }

  @Override
  public void close() throws IOException {
    if (searcher != null) {
      searcher.close();
    }
    if (builder != null) {
      builder.close();
    }
    pool.shutdown();
  }
}
