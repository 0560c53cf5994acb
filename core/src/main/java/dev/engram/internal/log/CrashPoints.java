package dev.engram.internal.log;

/** Named places at which a test may stop the process; does nothing in a product. */
@FunctionalInterface
public interface CrashPoints {
  /** Never stops. */
  CrashPoints NONE = point -> {};

  /** The process has come to this point. */
  void reach(String point);
}
