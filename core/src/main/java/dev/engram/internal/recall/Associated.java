package dev.engram.internal.recall;

import dev.engram.internal.graph.Spread.Activated;
import java.util.Map;
import java.util.function.Function;

/** How active a memory is by its association with the best matches: the activation of its node. */
public final class Associated implements Measure {
  private final Scene scene;
  private final Map<Integer, Activated> reached;
  private final Function<Activated, String> path;

  /**
   * @param reached what activation reached, by node
   * @param path the way to it in words
   */
  public Associated(
      Scene scene, Map<Integer, Activated> reached, Function<Activated, String> path) {
    this.scene = scene;
    this.reached = reached;
    this.path = path;
  }

  @Override
  public double of(int row) {
    Activated activated = reached.get(scene.node(row));
    return activated == null ? 0 : activated.activation();
  }

  @Override
  public String detail(int row) {
    Activated activated = reached.get(scene.node(row));
    return activated == null ? "" : path.apply(activated);
  }
}
