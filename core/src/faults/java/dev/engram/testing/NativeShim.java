package dev.engram.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The C sources beside this class, compiled into libraries that a child process is started with.
 * Each is compiled once in a process, into a temporary file. Thread-safe.
 */
final class NativeShim {
  private static final int COMPILER_TIMEOUT_SECONDS = 60;
  private static final Map<String, Optional<Path>> COMPILED = new ConcurrentHashMap<>();

  private NativeShim() {}

  /** The library of a source; empty without Linux and a C compiler. */
  static Optional<Path> library(String name) {
    return COMPILED.computeIfAbsent(name, NativeShim::compile);
  }

  private static Optional<Path> compile(String name) {
    if (!System.getProperty("os.name").equals("Linux")) {
      return Optional.empty();
    }
    try (InputStream in = NativeShim.class.getResourceAsStream(name + ".c")) {
      if (in == null) {
        throw new IllegalStateException("no such source: name=" + name);
      }
      Path source = temporary(name, ".c");
      Files.copy(in, source, StandardCopyOption.REPLACE_EXISTING);
      Path library = temporary(name, ".so");
      compile(source, library);
      return Optional.of(library);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Path temporary(String name, String ending) throws IOException {
    Path file = Files.createTempFile("engram-" + name, ending);
    file.toFile().deleteOnExit();
    return file;
  }

  private static void compile(Path source, Path library) throws IOException {
    String[] flags = {"-std=c11", "-O2", "-fPIC", "-shared", "-pthread", "-U_FORTIFY_SOURCE"};
    ProcessBuilder builder = new ProcessBuilder("cc");
    builder.command().addAll(List.of(flags));
    builder.command().addAll(List.of("-o", library.toString(), source.toString()));
    Process compiler = builder.redirectErrorStream(true).start();
    String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (!compiler.waitFor(COMPILER_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        compiler.destroyForcibly();
        throw new IOException("compiler does not end: seconds=" + COMPILER_TIMEOUT_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    // A source that does not compile is our fault, not the machine's.
    if (compiler.exitValue() != 0) {
      throw new AssertionError("cannot compile: source=" + source + "; compiler:\n" + said);
    }
  }
}
