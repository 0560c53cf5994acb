package dev.engram.soak;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * When a child process is killed: at a named place, after so many lines, or after so many
 * milliseconds, whichever comes first. One that comes to none of them ends by itself.
 *
 * @param point a named place
 * @param times how often it is reached before the end
 * @param lines printed by the child
 * @param millis since the child was started
 */
record Ending(String point, int times, int lines, long millis) {
  /** It is not killed. */
  static final Ending OF_ITSELF = at(Child.NOTHING, 1);

  /** Its power is cut, from below it. */
  static final Ending OF_POWER = at("power-cut", 1);

  private static final int KILLED = 128 + 9;

  private static final List<String> WRITING =
      List.of("before-log-write", "after-log-write", "after-views-before-ack");

  static Ending at(String point, int times) {
    return new Ending(point, times, Integer.MAX_VALUE, Long.MAX_VALUE);
  }

  static Ending afterLines(int lines) {
    return new Ending(Child.NOTHING, 1, lines, Long.MAX_VALUE);
  }

  static Ending afterMillis(long millis) {
    return new Ending(Child.NOTHING, 1, Integer.MAX_VALUE, millis);
  }

  /** Whether it does not come about by the child itself. */
  boolean isOutside() {
    return lines < Integer.MAX_VALUE || millis < Long.MAX_VALUE;
  }

  /**
   * Whether a child that was to end so may have left with this code. One that came to an end of its
   * own before is as good; any other has failed.
   */
  boolean allows(int exit) {
    return exit == 0 || exit == planned();
  }

  private int planned() {
    if (isOutside() || equals(OF_POWER)) {
      return KILLED;
    }
    return equals(OF_ITSELF) ? 0 : Child.REACHED;
  }

  /** One of some places, where commits are written, or anywhere. */
  static Ending draw(List<String> points, int commits, RandomGenerator random) {
    int times = 1 + random.nextInt(commits);
    return switch (random.nextInt(4)) {
      case 0 -> at(WRITING.get(random.nextInt(WRITING.size())), times);
      case 1 -> afterLines(times);
      case 2 -> afterMillis(random.nextInt(2_500));
      default ->
          points.isEmpty()
              ? at(WRITING.getFirst(), times)
              : at(points.get(random.nextInt(points.size())), 1 + random.nextInt(2));
    };
  }
}
