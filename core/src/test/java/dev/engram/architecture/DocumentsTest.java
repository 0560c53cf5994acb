package dev.engram.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether the documents tell the truth. */
class DocumentsTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  @TempDir Path directory;

  @Test
  void everyPromiseNamesATestThatIsThere() throws IOException {
    String sheet = Files.readString(ROOT.resolve("docs/concepts/durability.md"));
    Matcher named = Pattern.compile("`([A-Z]\\w+)(?:\\.(\\w+))?`").matcher(sheet);
    List<String> missing = new ArrayList<>();
    int tests = 0;
    while (named.find()) {
      if (named.group(1).endsWith("Test") || named.group(2) != null) {
        tests++;
        if (!exists(named.group(1), named.group(2))) {
          missing.add(named.group());
        }
      }
    }
    assertEquals(List.of(), missing);
    assertTrue(tests > 15, "the sheet names " + tests + " tests");
    for (String row : sheet.lines().filter(line -> line.startsWith("| ")).skip(1).toList()) {
      assertTrue(row.contains("`"), "a promise without a test: " + row);
    }
  }

  private static boolean exists(String type, String method) throws IOException {
    try (Stream<Path> files = Files.walk(ROOT.resolve("core/src/test/java"))) {
      List<Path> found =
          files.filter(f -> f.getFileName().toString().equals(type + ".java")).toList();
      return found.size() == 1
          && (method == null
              || Files.readString(found.getFirst()).contains("void " + method + "("));
    }
  }

  @Test
  void theFirstLinesOfTheReadmeCompileAndRun() throws Exception {
    String readme = Files.readString(ROOT.resolve("README.md"));
    Matcher block = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL).matcher(readme);
    assertTrue(block.find());
    String code = block.group(1);
    assertTrue(code.startsWith("import dev.engram.*;\n"), code);
    String program =
        "import dev.engram.*;\nimport java.nio.file.Path;\npublic class Readme {\n"
            + "  public static void run() {\n"
            + code.substring(code.indexOf('\n'))
                .replace("\"brain\"", quoted(directory.resolve("b")))
            + "  }\n}\n";
    Path source = Files.writeString(directory.resolve("Readme.java"), program);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    boolean compiled =
        compiler
            .getTask(
                messages,
                null,
                null,
                List.of("-d", directory.toString(), "-cp", System.getProperty("java.class.path")),
                null,
                compiler.getStandardFileManager(null, null, null).getJavaFileObjects(source))
            .call();
    assertTrue(compiled, messages::toString);
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {directory.toUri().toURL()}, getClass().getClassLoader())) {
      Method run = loader.loadClass("Readme").getMethod("run");
      run.invoke(null);
    }
    assertTrue(Files.exists(directory.resolve("b").resolve("engram.store")));
  }

  private static String quoted(Path path) {
    return "\"" + path.toString().replace("\\", "\\\\") + "\"";
  }
}
