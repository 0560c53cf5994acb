package dev.engram.cli;

import com.google.errorprone.annotations.FormatMethod;
import dev.engram.Memory;
import dev.engram.RecordId;
import dev.engram.Synapse;
import dev.engram.cli.Neighbourhood.Node;
import dev.engram.cli.RingLayout.Place;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A neighbourhood as an SVG or HTML document that needs nothing else: strengths by the width and
 * the number of a line, tiers by its kind, whole texts where the pointer rests. One use; not
 * thread-safe.
 */
final class GraphPicture {
  private static final int LABEL = 24;
  private static final int CENTRE_LABEL = 44;
  private static final int TITLE = 400;
  private static final double CHARACTER = 7.2;
  private static final double CENTRE_HALF_HEIGHT = 15;
  private static final double DOT = 6;
  private static final double FLAT_SIDE = .35;

  /** Where the number of a line stands, as a share of the line. */
  private static final double BEFORE_MEMORY = .64;

  private static final double BEHIND_LABEL = .87;

  /** With more synapses than these only those that lead to the memories have numbers. */
  private static final int MOST_NUMBERED = 40;

  /** The least bend of a line that is not alone between its two memories. */
  private static final double BEND = 26;

  private static final String STYLE =
      """
      <style>
      .edge path { fill: none; stroke-linecap: round }
      .LONG_TERM path { stroke: #2563a8 }
      .SHORT_TERM path { stroke: #c77d1e; stroke-dasharray: 7 5 }
      .edge text { font-size: 10px; fill: #555 }
      .edge:hover path { stroke: #b3123f }
      text { font-size: 13px; fill: #1a1a1a; paint-order: stroke; stroke: #fff; stroke-width: 3px;
        stroke-linejoin: round }
      .memory circle { fill: #1a1a1a; stroke: #fff; stroke-width: 2px }
      .pinned circle { fill: #b3123f }
      .centre rect { fill: #fff; stroke: #1a1a1a; stroke-width: 2px }
      .centre text { font-weight: 600 }
      .legend text { font-size: 12px }
      </style>
      """;

  private final Neighbourhood around;
  private final RingLayout layout;
  private final Map<RecordId, Integer> indexes = new HashMap<>();
  private final Map<Long, Integer> drawn = new HashMap<>();
  private final StringBuilder out = new StringBuilder();

  GraphPicture(Neighbourhood around) {
    this.around = around;
    this.layout = new RingLayout(around.nodes());
    for (int i = 0; i < around.nodes().size(); i++) {
      indexes.put(around.nodes().get(i).memory().id(), i);
    }
  }

  /** A whole SVG document. */
  String svg() {
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"%.0f\" height=\"%.0f\""
            + " viewBox=\"0 0 %.0f %.0f\" font-family=\"system-ui, sans-serif\">%n",
        layout.size(), layout.size(), layout.size(), layout.size());
    add("<title>%s</title>%n", escaped(name(centre())));
    out.append(STYLE);
    add("<defs>%n%s%s</defs>%n", arrow("LONG_TERM", "#2563a8"), arrow("SHORT_TERM", "#c77d1e"));
    add("<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>%n");
    around.synapses().reversed().forEach(this::drawSynapse);
    for (int i = around.nodes().size() - 1; i >= 0; i--) {
      drawMemory(around.nodes().get(i), layout.places().get(i));
    }
    drawLegend();
    out.append("</svg>\n");
    return out.toString();
  }

  /** A whole HTML document around the same picture. */
  String html() {
    return """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" \
    content="default-src 'none'; style-src 'unsafe-inline'">
    <title>%s</title>
    <style>body { margin: 0; text-align: center }</style>
    </head>
    <body>
    %s</body>
    </html>
    """
        .formatted(escaped(name(centre())), svg());
  }

  private Memory centre() {
    return around.nodes().getFirst().memory();
  }

  private void drawSynapse(Synapse synapse) {
    int from = indexes.getOrDefault(synapse.from(), 0);
    int to = indexes.getOrDefault(synapse.to(), 0);
    boolean leads = leads(synapse, from, to);
    Curve curve = curve(from, to, leads);
    add(
        "<g class=\"edge %s\"><title>%s</title><path d=\"M%.1f %.1f Q%.1f %.1f %.1f %.1f\""
            + " stroke-width=\"%.2f\" marker-end=\"url(#%s)\"/>",
        synapse.tier(),
        escaped(title(synapse)),
        curve.x1(),
        curve.y1(),
        curve.cx(),
        curve.cy(),
        curve.x2(),
        curve.y2(),
        .8 + 4.2 * synapse.weight(),
        synapse.tier());
    if (leads || around.synapses().size() <= MOST_NUMBERED) {
      drawNumber(synapse, curve, leads ? place(from, to) : .5);
    }
    out.append("</g>\n");
  }

  /** Behind the label of the memory that leads there, which lies on the line. */
  private double place(int from, int to) {
    Node outer = around.nodes().get(Math.max(from, to));
    double outwards = outer.hop() > 1 ? BEHIND_LABEL : BEFORE_MEMORY;
    return from < to ? outwards : 1 - outwards;
  }

  /** Along the line, and never upside down. */
  private void drawNumber(Synapse synapse, Curve curve, double at) {
    double degrees = Math.toDegrees(Math.atan2(curve.y2() - curve.y1(), curve.x2() - curve.x1()));
    double upright = degrees > 90 ? degrees - 180 : degrees < -90 ? degrees + 180 : degrees;
    String relation =
        synapse.relation().equals(Synapse.RELATED)
            ? ""
            : MemoryLines.shortened(synapse.relation(), LABEL) + " ";
    add(
        "<text transform=\"translate(%.1f %.1f) rotate(%.1f)\" text-anchor=\"middle\" dy=\"-3\">"
            + "%s%.2f</text>",
        curve.x(at), curve.y(at), upright, escaped(relation), synapse.weight());
  }

  private boolean leads(Synapse synapse, int from, int to) {
    return synapse.equals(around.nodes().get(from).via())
        || synapse.equals(around.nodes().get(to).via());
  }

  /** Straight where it leads outwards and is alone; else bent, inwards or to the side. */
  private Curve curve(int from, int to, boolean leads) {
    Place a = layout.places().get(from);
    Place b = layout.places().get(to);
    int before = drawn.merge((long) Math.min(from, to) << 32 | Math.max(from, to), 1, Integer::sum);
    double centre = layout.size() / 2;
    double pull = leads || from == 0 || to == 0 ? 1 : .55;
    double cx = centre + pull * ((a.x() + b.x()) / 2 - centre);
    double cy = centre + pull * ((a.y() + b.y()) / 2 - centre);
    double length = Math.max(1, Math.hypot(b.x() - a.x(), b.y() - a.y()));
    // Two between the same memories bend to opposite sides, whichever their direction.
    double side = (before % 2 == 0 ? 1 : -1) * (before / 2) * 2 * BEND * (from < to ? 1 : -1);
    cx += side * (b.y() - a.y()) / length;
    cy -= side * (b.x() - a.x()) / length;
    return new Curve(a.x(), a.y(), cx, cy, b.x(), b.y()).shortened(edge(from), edge(to));
  }

  private double[] edge(int node) {
    return node == 0
        ? new double[] {centreHalfWidth(), CENTRE_HALF_HEIGHT}
        : new double[] {DOT + 1, DOT + 1};
  }

  private double centreHalfWidth() {
    String label = label(centre(), CENTRE_LABEL);
    return 14 + CHARACTER * label.codePointCount(0, label.length()) / 2;
  }

  private void drawMemory(Node node, Place place) {
    Memory memory = node.memory();
    add(
        "<g class=\"memory%s%s\"><title>%s</title>",
        node.hop() == 0 ? " centre" : "",
        memory.pinned() ? " pinned" : "",
        escaped(name(memory) + "\n" + MemoryLines.shortened(memory.text(), TITLE)));
    if (node.hop() == 0) {
      drawCentre(memory, place);
    } else {
      add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>", place.x(), place.y(), DOT);
      drawLabel(escaped(label(memory, LABEL)), place);
    }
    out.append("</g>\n");
  }

  private void drawCentre(Memory memory, Place place) {
    double half = centreHalfWidth();
    add(
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"8\"/>"
            + "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>",
        place.x() - half,
        place.y() - CENTRE_HALF_HEIGHT,
        2 * half,
        2 * CENTRE_HALF_HEIGHT,
        place.x(),
        place.y() + 4.5,
        escaped(label(memory, CENTRE_LABEL)));
  }

  private void drawLabel(String label, Place place) {
    double right = Math.cos(place.angle());
    if (place.crowded()) {
      double degrees = Math.toDegrees(place.angle());
      boolean flipped = right < 0;
      add(
          "<text transform=\"translate(%.1f %.1f) rotate(%.1f)\" x=\"%d\" dy=\"4\""
              + " text-anchor=\"%s\">%s</text>",
          place.x(),
          place.y(),
          flipped ? degrees + 180 : degrees,
          flipped ? -11 : 11,
          flipped ? "end" : "start",
          label);
    } else {
      boolean beside = Math.abs(right) > FLAT_SIDE;
      double below = Math.sin(place.angle()) < 0 ? -13 : 22;
      add(
          "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
          place.x() + (beside ? Math.signum(right) * 12 : 0),
          place.y() + (beside ? 4.5 : below),
          !beside ? "middle" : right > 0 ? "start" : "end",
          label);
    }
  }

  private void drawLegend() {
    double y = layout.size() - 48;
    add("<g class=\"legend\">%n");
    drawLegend(y, "LONG_TERM", "long-term");
    drawLegend(y + 18, "SHORT_TERM", "short-term");
    add(
        "<text x=\"14\" y=\"%.1f\">width and number: strength now; %d memories, %d synapses</text>",
        y + 40, around.nodes().size(), around.synapses().size());
    out.append("</g>\n");
  }

  private void drawLegend(double y, String tier, String name) {
    add(
        "<g class=\"edge %s\"><path d=\"M14 %.1f H54\" stroke-width=\"2.5\"/></g>"
            + "<text x=\"62\" y=\"%.1f\">%s</text>%n",
        tier, y, y + 4, name);
  }

  private static String arrow(String name, String colour) {
    return """
    <marker id="%s" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="13" markerHeight="13" \
    markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="%s"/></marker>
    """
        .formatted(name, colour);
  }

  private static String label(Memory memory, int most) {
    return MemoryLines.shortened(memory.text(), most);
  }

  private static String name(Memory memory) {
    return memory.id().toString();
  }

  private static String title(Synapse synapse) {
    return String.format(
        Locale.ROOT,
        "%s -%s-> %s%n%.3f, %s, strengthened %d times, last %s",
        synapse.from(),
        synapse.relation(),
        synapse.to(),
        synapse.weight(),
        NeighboursCommand.tier(synapse),
        synapse.activations(),
        synapse.lastAccessed());
  }

  /** As text of XML and HTML; what XML cannot hold becomes U+FFFD. */
  static String escaped(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    text.codePoints().forEach(c -> escape(safe, c));
    return safe.toString();
  }

  private static void escape(StringBuilder safe, int c) {
    switch (c) {
      case '&' -> safe.append("&amp;");
      case '<' -> safe.append("&lt;");
      case '>' -> safe.append("&gt;");
      case '"' -> safe.append("&quot;");
      case '\'' -> safe.append("&#39;");
      default -> safe.appendCodePoint(isXml(c) ? c : 0xFFFD);
    }
  }

  private static boolean isXml(int c) {
    boolean blank = c == '\n' || c == '\t';
    boolean control = c < 0x20 || (c >= 0x7F && c < 0xA0);
    boolean surrogate = c >= 0xD800 && c <= 0xDFFF;
    return blank || !(control || surrogate || c == 0xFFFE || c == 0xFFFF);
  }

  @FormatMethod
  private void add(String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values));
  }

  /** A line with one bend, from a memory to another one. */
  private record Curve(double x1, double y1, double cx, double cy, double x2, double y2) {
    /** From border to border instead of from middle to middle. */
    Curve shortened(double[] from, double[] to) {
      double first = inside(cx - x1, cy - y1, from);
      double last = inside(cx - x2, cy - y2, to);
      return new Curve(
          x1 + first * (cx - x1),
          y1 + first * (cy - y1),
          cx,
          cy,
          x2 + last * (cx - x2),
          y2 + last * (cy - y2));
    }

    /** The share of a direction that lies within a box of half this width and height. */
    private static double inside(double dx, double dy, double[] half) {
      double share = Math.min(half[0] / Math.abs(dx), half[1] / Math.abs(dy));
      return Math.min(.9, share);
    }

    double x(double t) {
      return along(t, x1, cx, x2);
    }

    double y(double t) {
      return along(t, y1, cy, y2);
    }

    private static double along(double t, double from, double bend, double to) {
      return (1 - t) * (1 - t) * from + 2 * t * (1 - t) * bend + t * t * to;
    }
  }
}
