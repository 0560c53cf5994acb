package dev.engram.internal.vector;

/** Chooses kernels once per process, at first use. */
final class BestKernels {
  static final VectorKernels INSTANCE = choose();

  static final CodeKernels CODES =
      INSTANCE instanceof SimdKernels ? SimdChoice.codes() : new ScalarCodeKernels();

  private BestKernels() {}

  private static VectorKernels choose() {
    boolean present = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    return present ? SimdChoice.forThisMachine() : new ScalarKernels();
  }

  /** Apart, so that nothing of the Vector API is loaded where its module is absent. */
  private static final class SimdChoice {
    static VectorKernels forThisMachine() {
      return SimdKernels.fits() ? new SimdKernels() : new NarrowSimdKernels();
    }

    static CodeKernels codes() {
      return new SimdCodeKernels();
    }
  }
}
