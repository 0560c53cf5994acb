package dev.engram.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class RecallPlotTest {
  private static Document parsed(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
  }

  private static Point point(double recall, double queriesPerSecond) {
    return new Point(1, recall, queriesPerSecond, 1, 1);
  }

  @Test
  void drawsALineAndALegendForEachSweep() throws Exception {
    Map<String, List<Point>> sweeps = new LinkedHashMap<>();
    sweeps.put("a <b> & c", List.of(point(.99, 2_000), point(.9, 10_000), point(.5, 90_000)));
    sweeps.put("brute", List.of(point(1, 12)));
    String svg = RecallPlot.svg("title", sweeps);
    Document picture = parsed(svg);
    assertEquals(2, picture.getElementsByTagName("polyline").getLength());
    assertEquals(3, picture.getElementsByTagName("circle").getLength());
    Element line = (Element) picture.getElementsByTagName("polyline").item(0);
    String[] corners = line.getAttribute("points").split("[ ,]", -1);
    assertTrue(Double.parseDouble(corners[0]) < Double.parseDouble(corners[2]), "recall rises");
    assertTrue(Double.parseDouble(corners[1]) < Double.parseDouble(corners[3]), "speed falls");
    assertTrue(svg.contains("a &lt;b&gt; &amp; c"));
    assertFalse(svg.contains("NaN"));
  }

  @Test
  void keepsPointsWithinTheFrame() throws Exception {
    List<Point> points = List.of(point(.8, 1), point(1, 999_999), point(.9999, 10));
    Document picture = parsed(RecallPlot.svg("", Map.of("x", points)));
    for (int i = 0; i < 3; i++) {
      Element dot = (Element) picture.getElementsByTagName("circle").item(i);
      double x = Double.parseDouble(dot.getAttribute("cx"));
      double y = Double.parseDouble(dot.getAttribute("cy"));
      assertTrue(x >= 80 && x <= 720 && y >= 50 && y <= 500, x + ", " + y);
    }
  }

  @Test
  void drawsNothingButTheFrameForNoPoints() throws Exception {
    Document picture = parsed(RecallPlot.svg("", Map.of()));
    assertEquals(0, picture.getElementsByTagName("polyline").getLength());
  }
}
