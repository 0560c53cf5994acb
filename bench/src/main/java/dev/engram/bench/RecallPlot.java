package dev.engram.bench;

import com.google.errorprone.annotations.FormatMethod;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Recall against queries a second as a picture that needs nothing else. To the right the share that
 * is missed falls by powers of ten, so that .95 and .999 stand apart; upwards the speed grows by
 * powers of ten.
 */
final class RecallPlot {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 560;
  private static final int LEFT = 80;
  private static final int RIGHT = 720;
  private static final int TOP = 50;
  private static final int BOTTOM = 500;
  private static final double LEAST_RECALL = .8;
  private static final double LEAST_MISSED = .0005;
  private static final double[] RECALLS = {.8, .9, .95, .98, .99, .995, .999};

  /** Colours that the colour-blind can tell apart (Okabe and Ito 2008). */
  private static final String[] COLOURS = {
    "#d55e00", "#0072b2", "#56b4e9", "#009e73", "#cc79a7", "#000000", "#e69f00", "#999999"
  };

  private final StringBuilder svg = new StringBuilder();
  private final double least;
  private final double most;

  private RecallPlot(double least, double most) {
    this.least = least;
    this.most = most;
  }

  /**
   * Draws a line for each sweep; points of a recall below .8 are left out.
   *
   * @param sweeps by name, in the order of the legend
   */
  static String svg(String title, Map<String, List<Point>> sweeps) {
    List<Point> all = new ArrayList<>();
    sweeps.values().forEach(points -> all.addAll(shown(points)));
    double least = Math.floor(extreme(all, 1, point -> Math.log10(point.queriesPerSecond()), -1));
    double most = Math.ceil(extreme(all, 2, point -> Math.log10(point.queriesPerSecond()), 1));
    RecallPlot plot = new RecallPlot(least, Math.max(most, least + 1));
    plot.axes(title);
    int line = 0;
    for (Map.Entry<String, List<Point>> sweep : sweeps.entrySet()) {
      plot.line(sweep.getKey(), shown(sweep.getValue()), line++);
    }
    return plot.svg.append("</svg>\n").toString();
  }

  private static double extreme(
      List<Point> points, double unlessAny, ToDoubleFunction<Point> of, int sign) {
    return points.stream()
        .mapToDouble(of)
        .boxed()
        .max(Comparator.comparingDouble(value -> sign * value))
        .orElse(unlessAny);
  }

  private static List<Point> shown(List<Point> points) {
    return points.stream()
        .filter(point -> point.recall() >= LEAST_RECALL && point.queriesPerSecond() > 0)
        .sorted(Comparator.comparingDouble(Point::recall))
        .toList();
  }

  private void axes(String title) {
    add(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" \
        font-size="13">
        <rect width="100%%" height="100%%" fill="white"/>
        """,
        WIDTH, HEIGHT);
    text((LEFT + RIGHT) / 2.0, TOP - 20, "middle", title);
    text((LEFT + RIGHT) / 2.0, BOTTOM + 40, "middle", "recall");
    text(10, TOP - 20, "start", "queries/s, one thread");
    for (double recall : RECALLS) {
      rule(x(recall), TOP, x(recall), BOTTOM, "#dddddd");
      text(x(recall), BOTTOM + 18, "middle", String.valueOf(recall));
    }
    for (int power = (int) least; power <= most; power++) {
      for (int digit = 1; digit <= (power < most ? 9 : 1); digit++) {
        double y = y(digit * Math.pow(10, power));
        rule(LEFT, y, RIGHT, y, digit == 1 ? "#bbbbbb" : "#eeeeee");
      }
      String label = String.format(Locale.ROOT, "%,.0f", Math.pow(10, power));
      text(LEFT - 8, y(Math.pow(10, power)) + 4, "end", label);
    }
  }

  private void line(String name, List<Point> points, int number) {
    String colour = COLOURS[number % COLOURS.length];
    StringBuilder corners = new StringBuilder();
    for (Point point : points) {
      double x = x(point.recall());
      double y = y(point.queriesPerSecond());
      corners.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
      add(
          "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\">"
              + "<title>%s: recall %.4f, %,.0f queries/s</title></circle>%n",
          x, y, colour, escaped(name), point.recall(), point.queriesPerSecond());
    }
    add(
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n",
        corners.toString().strip(), colour);
    double y = TOP + 12 + 22 * number;
    add(
        "<rect x=\"%d\" y=\"%.1f\" width=\"14\" height=\"4\" fill=\"%s\"/>%n",
        RIGHT + 20, y - 6, colour);
    text(RIGHT + 42, y, "start", name);
  }

  private static double x(double recall) {
    double from = -Math.log10(1 - LEAST_RECALL);
    double to = -Math.log10(LEAST_MISSED);
    double at = -Math.log10(Math.max(LEAST_MISSED, 1 - recall));
    return LEFT + (RIGHT - LEFT) * (at - from) / (to - from);
  }

  private double y(double queriesPerSecond) {
    return BOTTOM - (BOTTOM - TOP) * (Math.log10(queriesPerSecond) - least) / (most - least);
  }

  private void rule(double x1, double y1, double x2, double y2, String colour) {
    add(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>%n",
        x1, y1, x2, y2, colour);
  }

  private void text(double x, double y, String anchor, String words) {
    add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, escaped(words));
  }

  @FormatMethod
  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }

  private static String escaped(String words) {
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
