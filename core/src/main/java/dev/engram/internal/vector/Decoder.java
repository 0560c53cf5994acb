package dev.engram.internal.vector;

import dev.engram.Quantization;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads coded vectors again: as they were given, where codes would not do, else by their rows. What
 * is coded anew is always read as it was given, since errors would add up. Thread-safe.
 */
final class Decoder {
  /** Rows of fewer bits do not tell near vectors apart. */
  private static final int FINE = Quantization.BITS_8.bits();

  private final Originals originals;
  private final Frame frame;
  private final boolean inner;

  /**
   * @param inner whether keys are minus inner products, else squared distances
   */
  Decoder(Originals originals, Frame frame, boolean inner) {
    this.originals = originals;
    this.frame = frame;
    this.inner = inner;
  }

  /** Where a coded vector is. */
  record Place(Segment segment, int place) {
    int ordinal() {
      return segment.ordinal(place);
    }

    boolean isFine() {
      return segment.header.layout().bits() >= FINE;
    }
  }

  /**
   * Some vectors, rotated.
   *
   * @param exactly whether no row is precise enough; of vectors that were deleted meanwhile it is
   */
  List<float[]> rotated(List<Place> some, boolean exactly) {
    SegmentWriter.Reader reader = reader(some, exactly);
    List<float[]> rotated = new ArrayList<>(some.size());
    for (int n = 0; n < some.size(); n++) {
      float[] out = new float[frame.padded()];
      reader.rotated(n, out);
      rotated.add(out);
    }
    return rotated;
  }

  /**
   * Reads some vectors at once, and rotates each as it is asked for.
   *
   * @param exactly as above
   */
  SegmentWriter.Reader reader(List<Place> some, boolean exactly) {
    List<float @Nullable []> given = given(some, exactly);
    return (n, out) -> {
      float[] vector = given.get(n);
      if (vector == null) {
        some.get(n).segment.decode(some.get(n).place, inner, out);
      } else {
        frame.of(vector, out);
      }
    };
  }

  /** The vectors as they were given; null for those whose rows will do, or that are gone. */
  private List<float @Nullable []> given(List<Place> some, boolean exactly) {
    List<Place> wanted = some.stream().filter(at -> exactly || !at.isFine()).toList();
    int[] ordinals = wanted.stream().mapToInt(Place::ordinal).toArray();
    List<float @Nullable []> found = ordinals.length == 0 ? List.of() : originals.vectors(ordinals);
    List<float @Nullable []> given = new ArrayList<>(some.size());
    int next = 0;
    for (Place at : some) {
      given.add(exactly || !at.isFine() ? found.get(next++) : null);
    }
    return given;
  }
}
