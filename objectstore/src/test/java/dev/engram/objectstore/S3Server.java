package dev.engram.objectstore;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A server with the interface of S3, in a process of its own on loopback, which ends with this JVM.
 * Every caller shares it, so each takes a bucket or a prefix of its own. Thread-safe.
 */
public final class S3Server {
  static final String ACCESS_KEY = "AKIDENGRAMTEST";
  static final String SECRET_KEY = "a-secret-that-nothing-may-print";

  private static final Path HOME = Path.of("..", "build", "s3server");
  private static final long START_SECONDS = 60;

  private final URI endpoint;

  private S3Server(URI endpoint) {
    this.endpoint = endpoint;
  }

  /** Starts it with the first call. */
  public static S3Server shared() {
    return Shared.SERVER;
  }

  private static final class Shared {
    static final S3Server SERVER = new S3Server(start());
  }

  private static URI start() {
    File log = Path.of("target", "s3server.log").toFile();
    try {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:+UseSerialGC",
                  "-XX:-UsePerfData",
                  "-Xmx512m",
                  "-Dlogback.configurationFile=" + HOME.resolve("quiet.xml"),
                  "-cp",
                  Files.readString(HOME.resolve("target/classpath")).strip(),
                  HOME.resolve("Server.java").toString(),
                  ACCESS_KEY,
                  SECRET_KEY)
              .redirectError(log)
              .start();
      String port =
          CompletableFuture.supplyAsync(() -> port(process.inputReader()))
              .orTimeout(START_SECONDS, TimeUnit.SECONDS)
              .join();
      if (port.isEmpty()) {
        throw new AssertionError("the S3 server does not start: " + Files.readString(log.toPath()));
      }
      return URI.create("http://127.0.0.1:" + port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The first line that is a number; empty where the process ends before. */
  private static String port(BufferedReader output) {
    return output.lines().filter(line -> line.matches("\\d+")).findFirst().orElse("");
  }

  /** Where it listens. */
  public URI endpoint() {
    return endpoint;
  }

  /** Makes a bucket, if it is not there. */
  public void makeBucket(String bucket) {
    try (S3Client client = Clients.of(store(bucket))) {
      if (client.listBuckets().buckets().stream().noneMatch(each -> each.name().equals(bucket))) {
        client.createBucket(request -> request.bucket(bucket));
      }
    }
  }

  /** A client beside the one that is tested. */
  S3Client client(String bucket) {
    return Clients.of(store(bucket));
  }

  /** The description of a store on it. */
  S3ObjectStoreBuilder store(String bucket) {
    return S3ObjectStore.in(bucket).endpoint(endpoint).keys(ACCESS_KEY, SECRET_KEY);
  }

  /** Sets where the AWS SDK finds the server and its keys, until it is closed. */
  public Settings settings() {
    return new Settings(
        Map.of(
            "aws.endpointUrlS3",
            endpoint.toString(),
            "aws.region",
            "us-east-1",
            "aws.accessKeyId",
            ACCESS_KEY,
            "aws.secretAccessKey",
            SECRET_KEY));
  }

  /** System properties for a while. */
  public static final class Settings implements AutoCloseable {
    private final Properties before = new Properties();
    private final List<String> names;

    private Settings(Map<String, String> settings) {
      names = List.copyOf(settings.keySet());
      before.putAll(System.getProperties());
      settings.forEach(System::setProperty);
    }

    @Override
    public void close() {
      for (String name : names) {
        String value = before.getProperty(name);
        String _ = value == null ? System.clearProperty(name) : System.setProperty(name, value);
      }
    }
  }
}
