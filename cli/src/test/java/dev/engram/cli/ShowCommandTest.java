package dev.engram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.Association;
import dev.engram.Engram;
import dev.engram.Learning;
import dev.engram.MemorySpace;
import dev.engram.RecordId;
import dev.engram.Synapse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import tools.jackson.databind.JsonNode;

class ShowCommandTest {
  private static final String HOSTILE = "<script>alert('x')</script> & \"tea\" \u0001\u202e]]>";

  @TempDir Path folder;

  @BeforeEach
  void fill() {
    try (Engram engram = Engram.open(folder.resolve("brain"))) {
      MemorySpace space = engram.space("default");
      learn(space, "m", HOSTILE);
      for (int i = 0; i < 20; i++) {
        learn(space, "a" + i, "the first ring, number " + i + " of twenty, and more words");
        associate(space, "m", "a" + i, .95 - i * .02);
        for (int j = 0; j < 3; j++) {
          learn(space, "b" + i + "-" + j, "the second ring, " + i + "-" + j);
          associate(space, "b" + i + "-" + j, "a" + i, .9 - j * .1);
        }
      }
      associate(space, "a0", "m", .5);
      associate(space, "a0", "a7", .6);
      for (int i = 0; i < 4; i++) {
        space.access(RecordId.of("m"));
        space.access(RecordId.of("a0"));
      }
      assertTrue(space.consolidate().promoted() > 0);
      learn(space, "alone", "nobody knows me");
    }
  }

  private static void learn(MemorySpace space, String id, String text) {
    space.learn(Learning.of(text).withId(RecordId.of(id)));
  }

  private static void associate(MemorySpace space, String from, String to, double strength) {
    List<Synapse> _ =
        space.associate(
            List.of(
                Association.of(RecordId.of(from), RecordId.of(to), "<R&D>")
                    .withStrength(strength)));
  }

  private Run run(String... args) {
    return Run.on(folder.resolve("brain"), args);
  }

  private String drawn(String name, String... options) throws IOException {
    Path file = folder.resolve(name);
    List<String> args = new ArrayList<>(List.of("show", "m", "--graph", file.toString()));
    args.addAll(List.of(options));
    Run run = run(args.toArray(String[]::new)).ok();
    assertTrue(run.err().startsWith("drawn: " + file), run.err());
    return Files.readString(file);
  }

  private static Document parse(String xml) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    return factory
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<Element> elements(Document document, String name) {
    NodeList found = document.getElementsByTagName(name);
    List<Element> all = new ArrayList<>();
    for (int i = 0; i < found.getLength(); i++) {
      all.add((Element) found.item(i));
    }
    return all;
  }

  private static List<Element> groups(Document document, String ofClass) {
    return elements(document, "g").stream()
        .filter(g -> List.of(g.getAttribute("class").split(" ")).contains(ofClass))
        .toList();
  }

  @Test
  void drawsABoundedNeighbourhoodWithTiersAndStrengths() throws Exception {
    Document svg = parse(drawn("m.svg"));
    assertEquals(60, groups(svg, "memory").size());
    assertEquals(1, groups(svg, "centre").size());
    assertFalse(groups(svg, "LONG_TERM").isEmpty());
    assertTrue(groups(svg, "SHORT_TERM").size() > 20);
    String style = elements(svg, "style").getFirst().getTextContent();
    assertTrue(style.contains(".SHORT_TERM path { stroke: #c77d1e; stroke-dasharray"));
    Element strong = groups(svg, "edge").get(groups(svg, "edge").size() - 3);
    assertTrue(strong.getTextContent().contains("strengthened"), strong.getTextContent());
    Set<String> widths = new HashSet<>();
    elements(svg, "path").forEach(path -> widths.add(path.getAttribute("stroke-width")));
    assertTrue(widths.size() > 10, widths.toString());
  }

  @Test
  void everythingStandsInsideThePictureAndNoTwoMemoriesInOnePlace() throws Exception {
    Document svg = parse(drawn("m.svg", "--memories", "81"));
    double size = Double.parseDouble(svg.getDocumentElement().getAttribute("width"));
    List<double[]> places = new ArrayList<>();
    for (Element dot : elements(svg, "circle")) {
      double x = Double.parseDouble(dot.getAttribute("cx"));
      double y = Double.parseDouble(dot.getAttribute("cy"));
      assertTrue(x > 200 && y > 200 && x < size - 200 && y < size - 200, "room for a label");
      places.forEach(
          other -> assertTrue(Math.hypot(other[0] - x, other[1] - y) > 14, "dots are apart"));
      places.add(new double[] {x, y});
    }
    assertEquals(80, places.size());
    assertFalse(Files.readString(folder.resolve("m.svg")).contains("NaN"));
  }

  @Test
  void theSameNeighbourhoodGivesTheSamePicture() throws IOException {
    assertEquals(places(drawn("one.svg")), places(drawn("two.svg")));
  }

  private static List<String> places(String svg) {
    return svg.lines().filter(line -> line.contains("<circle")).toList();
  }

  @Test
  void textsOfMemoriesAndRelationsAreEscaped() throws Exception {
    for (String name : List.of("m.svg", "m.html")) {
      String drawn = drawn(name, "--hops", "1");
      assertFalse(drawn.contains("<script"), "no script");
      assertFalse(drawn.contains("<R&D>"));
      assertFalse(drawn.contains("\u0001"));
      assertTrue(drawn.contains("&lt;script&gt;alert(&#39;x&#39;)"), name);
      assertTrue(drawn.contains("&lt;R&amp;D&gt; 0."), name);
    }
    String html = Files.readString(folder.resolve("m.html"));
    assertTrue(html.startsWith("<!doctype html>") && html.contains("default-src 'none'"));
    assertFalse(html.contains("http") && html.contains("src=\""), "nothing from elsewhere");
  }

  @Test
  void aMemoryAloneIsDrawnToo() throws Exception {
    Path file = folder.resolve("alone.svg");
    run("show", "alone", "--graph", file.toString()).ok();
    assertEquals(1, groups(parse(Files.readString(file)), "memory").size());
    assertFalse(Files.readString(file).contains("NaN"));
    run("show", "m", "--graph", file.toString(), "--memories", "1").ok();
    assertEquals(0, elements(parse(Files.readString(file)), "circle").size());
  }

  @Test
  void printsTheMemoryAndWhatSurroundsIt() {
    Run text = run("show", "a0", "--hops", "1").ok();
    assertTrue(text.out().startsWith("the first ring, number 0"));
    assertTrue(text.out().contains("m -<R&D>-> a0"), text.out());
    assertTrue(text.out().contains("   hop 1, b0-0: the second ring, 0-0"), text.out());
    JsonNode json = run("show", "a0", "--json", "--memories", "3").ok().json().getFirst();
    assertEquals("a0", json.get("id").asString());
    assertEquals(2, json.get("neighbourhood").size());
    assertEquals(1, json.at("/neighbourhood/0/hop").asInt());
    assertTrue(json.get("synapses").size() >= 2);
  }

  @Test
  void saysWhatIsWrong() {
    run("show").expect(ExitCode.USAGE);
    run("show", "m", "--graph", "m.png").expect(ExitCode.USAGE);
    run("show", "nobody").expect(ExitCode.NOT_FOUND);
    run("show", "m", "--hops", "0").expect(ExitCode.ERROR);
    run("show", "m", "--hops", "5").expect(ExitCode.ERROR);
    run("show", "m", "--memories", "301").expect(ExitCode.ERROR);
    run("show", "m", "--graph", folder.resolve("no/m.svg").toString()).expect(ExitCode.NOT_FOUND);
  }
}
