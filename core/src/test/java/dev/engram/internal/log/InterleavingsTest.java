package dev.engram.internal.log;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** A checker that finds nothing proves nothing: this one has a planted fault to find. */
class InterleavingsTest {
  @Test
  void findsTheCallThatALossyGateForgets() {
    Error found =
        assertThrows(
            LincheckAssertionError.class,
            () -> Interleavings.of(LossyGate.class, 2, 2, 20, 100).check(LossyGate.class));
    assertTrue(found.getMessage().contains("The following interleaving"), found.getMessage());
  }

  /** A gate as {@link Gate} must not be: it reads its count and writes it in two steps. */
  public static final class LossyGate {
    private final AtomicInteger inside = new AtomicInteger();

    @Operation
    public int enter() {
      int before = inside.get();
      inside.set(before + 1);
      return before;
    }

    @Operation
    public int leave() {
      return inside.getAndDecrement();
    }
  }
}
