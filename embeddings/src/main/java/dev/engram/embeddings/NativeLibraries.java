package dev.engram.embeddings;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Where the model's native code comes from. By themselves the libraries unpack it into temporary
 * files at every start, and leave them behind when the process is killed; so it is unpacked here,
 * once per user and version, and the libraries are pointed at it while they load.
 *
 * <p>Files are written beside their place and renamed: several processes may do it at once, and
 * none sees half a file. The directory is private (0700), for who may write there may run code as
 * this user. Does not delete what older versions unpacked.
 */
final class NativeLibraries {
  /** Names the directory to unpack into; below the user's cache directory otherwise. */
  static final String DIRECTORY_PROPERTY = "engram.native.dir";

  private static final String PART = ".part";
  private static final System.Logger LOG = System.getLogger(NativeLibraries.class.getName());

  private NativeLibraries() {}

  /** Something that loads native code. */
  @FunctionalInterface
  interface Loading<T> {
    T load() throws IOException, OrtException;
  }

  /**
   * Loads with the unpacked native code. System properties change for that time only; those that
   * the user set are respected. Where the user's cache directory cannot be written, the libraries
   * unpack themselves.
   *
   * @throws IOException if the directory that the user named cannot be used
   */
  static <T> T unpacked(Loading<T> loading) throws IOException, OrtException {
    Map<String, String> settings = new HashMap<>();
    settings.put("OPT_OUT_TRACKING", "true"); // the tokenizer would report its use over the network
    settings.putAll(unpackedPaths());
    settings.keySet().removeIf(name -> System.getProperty(name) != null);
    settings.forEach(System::setProperty);
    try {
      return loading.load();
    } finally {
      settings.keySet().forEach(System::clearProperty);
      deleteUnusedDirectory();
    }
  }

  /**
   * The runtime makes a temporary directory that it does not need here, and deletes it only at an
   * orderly exit; nothing but a private field tells which. Left alone if that cannot be read, or if
   * the directory is used.
   */
  private static void deleteUnusedDirectory() {
    try {
      Class<?> runtime = Class.forName("ai.onnxruntime.OnnxRuntime", false, ownLoader());
      Field field = runtime.getDeclaredField("tempDirectory");
      field.setAccessible(true);
      if (field.get(null) instanceof Path directory) {
        Files.deleteIfExists(directory);
      }
    } catch (ReflectiveOperationException | RuntimeException | IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "temporary directory stays until exit", e);
    }
  }

  private static @Nullable ClassLoader ownLoader() {
    return NativeLibraries.class.getClassLoader();
  }

  private static Map<String, String> unpackedPaths() throws IOException {
    Platform platform = Platform.current();
    String chosen = System.getProperty(DIRECTORY_PROPERTY);
    if (platform == null) {
      return Map.of();
    }
    try {
      Path root = chosen == null ? defaultDirectory() : Path.of(chosen);
      Path directory = unpack(libraries(platform), root.toAbsolutePath());
      return Map.of(
          "onnxruntime.native.path", directory.toString(),
          "RUST_LIBRARY_PATH", directory.resolve(System.mapLibraryName("tokenizers")).toString());
    } catch (IOException e) {
      if (chosen != null) {
        throw e;
      }
      LOG.log(System.Logger.Level.INFO, "native code goes to temporary files: " + e.getMessage());
      return Map.of();
    }
  }

  /** Puts the libraries into a directory of their own below the root, unless they are there. */
  static Path unpack(List<Library> libraries, Path root) throws IOException {
    StringBuilder name = new StringBuilder();
    for (Library library : libraries) {
      name.append(HexFormat.of().toHexDigits((int) library.crc));
    }
    Path directory = root.resolve(name.toString());
    createPrivate(directory);
    deletePartsOfTheDead(directory);
    for (Library library : libraries) {
      Path file = directory.resolve(library.name);
      if (!Files.exists(file) || Files.size(file) != library.size) {
        write(library, file);
      }
    }
    return directory;
  }

  private static void write(Library library, Path file) throws IOException {
    String prefix = ProcessHandle.current().pid() + "-";
    Path part = Files.createTempFile(file.toAbsolutePath().getParent(), prefix, PART);
    try {
      try (InputStream in = library.url.openStream()) {
        Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** Deletes half-written files of processes that were killed; their names begin with its id. */
  private static void deletePartsOfTheDead(Path directory) throws IOException {
    try (DirectoryStream<Path> parts = Files.newDirectoryStream(directory, "*-*" + PART)) {
      for (Path part : parts) {
        String name = part.getFileName().toString();
        if (ProcessHandle.of(Long.parseLong(name, 0, name.indexOf('-'), 10)).isEmpty()) {
          Files.deleteIfExists(part);
        }
      }
    } catch (NumberFormatException e) {
      LOG.log(System.Logger.Level.DEBUG, "a foreign file stays: directory=" + directory, e);
    }
  }

  private static void createPrivate(Path directory) throws IOException {
    if (Files.getFileAttributeView(directory, PosixFileAttributeView.class) == null) {
      Files.createDirectories(directory);
      return;
    }
    Set<PosixFilePermission> mine = PosixFilePermissions.fromString("rwx------");
    Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(mine));
    Set<PosixFilePermission> actual = Files.getPosixFilePermissions(directory);
    if (actual.contains(PosixFilePermission.GROUP_WRITE)
        || actual.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new FileSystemException(
          directory.toString(), null, "others may write there; make it private (0700)");
    }
  }

  private static List<Library> libraries(Platform platform) throws IOException {
    List<Library> libraries = new ArrayList<>();
    String runtime = "/ai/onnxruntime/native/" + platform.runtime + "/";
    for (String name : List.of("onnxruntime", "onnxruntime4j_jni")) {
      libraries.add(Library.of(OrtEnvironment.class, runtime, System.mapLibraryName(name)));
    }
    String tokenizer = "/native/lib/" + platform.tokenizer + "/cpu/";
    libraries.add(
        Library.of(HuggingFaceTokenizer.class, tokenizer, System.mapLibraryName("tokenizers")));
    return libraries;
  }

  /** The conventional place for caches of this user. */
  private static Path defaultDirectory() {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path home = Path.of(System.getProperty("user.home"));
    Path base =
        cache != null && Path.of(cache).isAbsolute()
            ? Path.of(cache)
            : isMac() ? home.resolve("Library").resolve("Caches") : home.resolve(".cache");
    return base.resolve("engram").resolve("native");
  }

  private static boolean isMac() {
    return System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac");
  }

  /** A file of native code on the class path, told from other versions by its checksum. */
  record Library(String name, URL url, long size, long crc) {
    static Library of(Class<?> owner, String folder, String name) throws IOException {
      URL url = owner.getResource(folder + name);
      if (url == null) {
        throw new FileNotFoundException("missing on the class path: file=" + folder + name);
      }
      URLConnection connection = url.openConnection();
      if (connection instanceof JarURLConnection jar && jar.getJarEntry().getCrc() >= 0) {
        return new Library(name, url, jar.getJarEntry().getSize(), jar.getJarEntry().getCrc());
      }
      try (InputStream in = url.openStream()) {
        byte[] bytes = in.readAllBytes();
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return new Library(name, url, bytes.length, crc.getValue());
      }
    }
  }

  /** The libraries' own names for an operating system and processor. */
  private record Platform(String runtime, String tokenizer) {
    /** This machine, or null where the libraries unpack themselves. */
    static @Nullable Platform current() {
      String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
      boolean arm = arch.equals("aarch64") || arch.equals("arm64");
      boolean intel = arch.equals("amd64") || arch.equals("x86_64");
      if (isMac() && arm) {
        return new Platform("osx-aarch64", "osx-aarch64");
      }
      if (System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux")) {
        if (intel) {
          return new Platform("linux-x64", "linux-x86_64");
        }
        return arm ? new Platform("linux-aarch64", "linux-aarch64") : null;
      }
      return null;
    }
  }
}
