package dev.engram.testing;

import org.junit.jupiter.api.Assumptions;

/** Faults that not every machine can make; where this one cannot, the calling test is skipped. */
public final class OrSkip {
  private static final String NEEDED = "needs Linux and a C compiler";

  private OrSkip() {}

  public static PowerLossShim powerLoss() {
    return PowerLossShim.ifPossible().orElseGet(() -> Assumptions.abort(NEEDED));
  }

  public static FailingDeviceShim failingDevice() {
    return FailingDeviceShim.ifPossible().orElseGet(() -> Assumptions.abort(NEEDED));
  }
}
