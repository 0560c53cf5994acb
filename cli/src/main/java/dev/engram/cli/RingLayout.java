package dev.engram.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Places the memories of a neighbourhood on rings around the centre, one for each hop: a memory
 * stands outside of the one that leads to it, in a sector as wide as what follows needs. The same
 * neighbourhood always gives the same places. Immutable.
 */
final class RingLayout {
  private static final double FIRST_RING = 190;
  private static final double RING = 260;
  private static final double MARGIN = 215;

  /** On the circumference, so that a line of text fits. */
  private static final double LEAST_GAP = 17;

  /** In wider sectors a label can lie flat. */
  private static final double WIDE = .55;

  private final List<Place> places;
  private final double size;

  /**
   * Where a memory stands, from the upper left corner.
   *
   * @param angle seen from the centre, clockwise from the right
   * @param crowded whether its label must point outwards to be legible
   */
  record Place(double x, double y, double angle, boolean crowded) {}

  private record Sector(double from, double width) {
    double middle() {
      return from + width / 2;
    }
  }

  RingLayout(List<Neighbourhood.Node> nodes) {
    int[] leaves = leaves(nodes);
    double first = Math.max(FIRST_RING, leaves[0] * LEAST_GAP / (2 * Math.PI));
    int rings = nodes.stream().mapToInt(Neighbourhood.Node::hop).max().orElse(0);
    double half = MARGIN + (rings == 0 ? 0 : first + (rings - 1) * RING);
    this.size = 2 * half;
    List<Sector> sectors = sectors(nodes, leaves);
    List<Place> all = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      int hop = nodes.get(i).hop();
      double radius = hop == 0 ? 0 : first + (hop - 1) * RING;
      Sector sector = sectors.get(i);
      double angle = sector.middle();
      double x = half + radius * Math.cos(angle);
      double y = half + radius * Math.sin(angle);
      all.add(new Place(x, y, angle, sector.width() < WIDE / hop));
    }
    this.places = List.copyOf(all);
  }

  List<Place> places() {
    return places;
  }

  /** Width and height of the whole. */
  double size() {
    return size;
  }

  /** How many memories of the last ring a memory leads to, itself where to none. */
  private static int[] leaves(List<Neighbourhood.Node> nodes) {
    int[] leaves = new int[nodes.size()];
    for (int i = nodes.size() - 1; i >= 0; i--) {
      leaves[i] = Math.max(1, leaves[i]);
      int parent = nodes.get(i).parent();
      if (parent >= 0) {
        leaves[parent] += leaves[i];
      }
    }
    return leaves;
  }

  /** A memory's children share its sector, in their order; the first begins at the top. */
  private static List<Sector> sectors(List<Neighbourhood.Node> nodes, int[] leaves) {
    List<Sector> sectors = new ArrayList<>();
    double[] taken = new double[nodes.size()];
    for (int i = 0; i < nodes.size(); i++) {
      int parent = nodes.get(i).parent();
      if (parent < 0) {
        sectors.add(new Sector(-Math.PI / 2, 2 * Math.PI));
      } else {
        Sector around = sectors.get(parent);
        double width = around.width() * leaves[i] / leaves[parent];
        sectors.add(new Sector(around.from() + taken[parent], width));
        taken[parent] += width;
      }
    }
    return sectors;
  }
}
