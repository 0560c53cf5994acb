package dev.engram.internal.engine;

import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.RepairReport;
import dev.engram.UnsupportedFeatureException;
import java.nio.file.Path;

/** Opens and repairs stores. */
public final class EngineFactory {
  private EngineFactory() {}

  public static Engram open(EngramConfig config) {
    throw new UnsupportedFeatureException("not wired yet: " + config.path());
  }

  public static RepairReport repair(Path directory, boolean acceptLoss) {
    throw new UnsupportedFeatureException("not wired yet: " + directory + acceptLoss);
  }
}
