package dev.engram.bench;

import dev.engram.Metric;
import dev.engram.Quantization;
import dev.engram.internal.vector.PartitionedVectorIndex;
import dev.engram.internal.vector.SegmentDirectory;
import dev.engram.internal.vector.Selection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Engram's vector index in files of its own, filled as a store fills it. */
final class EngramVectors implements Peer.Filtering, Peer.Deleting, Peer.Stored {
  private static final double[] RECALLS = {
    .5, .65, .8, .85, .9, .93, .95, .97, .98, .99, .995, .999
  };

  private final int dimension;
  private final Metric metric;
  private final Quantization quantization;
  private final TemporaryFolder folder;
  private float[][] vectors = {};
  private PartitionedVectorIndex index;

  EngramVectors(Vectors data, Quantization quantization) throws IOException {
    this.dimension = data.dimension();
    this.metric = data.metric();
    this.quantization = quantization;
    this.folder = TemporaryFolder.make("engram");
    this.index = open();
  }

  /** Opens what the files hold, and adds what they lack, as a store does. */
  private PartitionedVectorIndex open() {
    SegmentDirectory files = new SegmentDirectory(folder.path(), new SoleOwner(), false);
    PartitionedVectorIndex opened =
        new PartitionedVectorIndex(
            dimension, metric, () -> quantization, files, this::originals, 1);
    BitSet coded = opened.coded();
    for (int i = 0; i < vectors.length; i++) {
      if (!coded.get(i)) {
        opened.put(i, vectors[i]);
      }
    }
    return opened;
  }

  /** There is no log that the files might not fit. */
  private static final class SoleOwner implements SegmentDirectory.Owner {
    @Override
    public String seal() {
      return "bench";
    }

    @Override
    public boolean accepts(String words) {
      return words.equals(seal());
    }
  }

  private List<float @Nullable []> originals(int[] ordinals) {
    List<float @Nullable []> found = new ArrayList<>(ordinals.length);
    for (int ordinal : ordinals) {
      found.add(vectors[ordinal]);
    }
    return found;
  }

  @Override
  public String name() {
    return "engram";
  }

  @Override
  public String knob() {
    return "wanted recall";
  }

  @Override
  public double[] efforts() {
    return RECALLS.clone();
  }

  @Override
  public void build(float[][] base) {
    vectors = base;
    index.fill(base.length);
    for (int i = 0; i < base.length; i++) {
      index.put(i, base[i]);
      if (index.isFull()) {
        index.flush(false);
      }
    }
    index.filled();
  }

  @Override
  public Asking asking(int limit, double effort) {
    return asking(limit, effort, Selection.ALL);
  }

  @Override
  public Asking asking(int limit, double effort, Subset allowed) {
    BitSet bits = allowed.ordinals();
    int[] listed = allowed.listed();
    return asking(limit, effort, new Selection(bits::get, listed.length, () -> listed));
  }

  private Asking asking(int limit, double effort, Selection selection) {
    return query -> index.search(query, limit, selection, effort).ordinals();
  }

  @Override
  public void delete(int[] ordinals) {
    for (int ordinal : ordinals) {
      index.remove(ordinal);
    }
    index.improve(true);
  }

  @Override
  public long fileBytes() throws IOException {
    return folder.bytes();
  }

  @Override
  public void reopen() {
    index = open();
  }

  @Override
  public void close() throws IOException {
    folder.close();
  }
}
