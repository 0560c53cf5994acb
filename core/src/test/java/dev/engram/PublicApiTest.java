package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that imports only the public package compiles and runs. */
class PublicApiTest {
  private static final String FIRST_LINES =
      """
      try (Engram engram = Engram.open("brain")) {
        MemorySpace space = engram.space("assistant");
        Memory tea = space.learn("Alice prefers green tea", Metadata.of("user", "alice"));
        Memory kyoto = space.learn("Alice moved to Kyoto in May");
        space.associate(tea.id(), kyoto.id());
        var hits =
            space.recall(
                Recall.about("what does Alice prefer?").limit(5).where(Filter.eq("user", "alice")));
        System.setProperty("engram.first", hits.getFirst().explanation().toString());
        VectorCollection docs =
            engram.collection("docs", CollectionConfig.ofDimension(2).metric(Metric.COSINE));
        docs.upsert(
            VectorRecord.of("a", new float[] {1, 0}).withMetadata(Metadata.of("year", 2021)));
        docs.search(
            Search.nearest(new float[] {1, 0}).limit(10).where(Filter.range("year").gte(2020)));
        engram.write(
            tx -> {
              tx.space("assistant").learn("Alice sings");
              tx.collection("docs").upsert(VectorRecord.of("b", new float[] {0, 1}));
            });
        CheckReport report = engram.check();
        if (!report.ok()) {
          throw new IllegalStateException(report.toString());
        }
      }
      """;

  @TempDir Path directory;

  @Test
  void compilesAndRunsAProgramThatImportsOnlyThePublicPackage() throws Exception {
    run(FIRST_LINES);
  }

  @Test
  void compilesAndRunsTheFirstProgramOfTheReadme() throws Exception {
    Path readme = Path.of("..", "README.md");
    run(Files.exists(readme) ? firstBlock(Files.readString(readme)) : FIRST_LINES);
  }

  private static String firstBlock(String markdown) {
    Matcher block = Pattern.compile("(?s)```java\\R(.*?)```").matcher(markdown);
    assertTrue(block.find(), "README.md has a block of Java");
    return block.group(1);
  }

  private void run(String snippet) throws Exception {
    Path source = directory.resolve("First.java");
    Files.writeString(source, program(snippet));
    compile(source);
    URL[] classes = {directory.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(classes, getClass().getClassLoader())) {
      loader.loadClass("First").getMethod("run").invoke(null);
    }
    Path brain = directory.resolve("brain");
    if (Files.exists(brain)) {
      try (Engram engram = Engram.open(brain)) {
        assertTrue(engram.check().ok(), () -> engram.check().toString());
      }
    }
  }

  private String program(String snippet) {
    List<String> imports = snippet.lines().filter(l -> l.startsWith("import ")).toList();
    for (String line : imports) {
      assertTrue(line.matches("import (dev\\.engram\\.\\*|java\\..*);"), line);
    }
    String body =
        snippet
            .lines()
            .filter(l -> !l.startsWith("import "))
            .collect(Collectors.joining("\n"))
            .replace("open(\"", "open(\"" + directory + "/");
    return "import dev.engram.*;\n"
        + String.join("\n", imports)
        + "\npublic class First {\n public static void run() throws Exception {\n"
        + body
        + "\n }\n}\n";
  }

  private void compile(Path source) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    assertNotNull(compiler, "a JDK runs the tests");
    StringWriter output = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      String classPath = System.getProperty("surefire.test.class.path", "");
      String path = classPath.isEmpty() ? System.getProperty("java.class.path") : classPath;
      List<String> options = List.of("-proc:none", "-classpath", path, "-d", directory.toString());
      boolean ok =
          compiler
              .getTask(output, files, null, options, null, files.getJavaFileObjects(source))
              .call();
      assertEquals("", ok ? "" : output.toString());
    }
  }
}
