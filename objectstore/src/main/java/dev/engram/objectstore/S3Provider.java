package dev.engram.objectstore;

import dev.engram.InvalidInputException;
import dev.engram.spi.ObjectStore;
import dev.engram.spi.ObjectStoreProvider;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Makes {@link S3ObjectStore}s of addresses:
 *
 * <pre>
 *   s3://BUCKET/PREFIX?endpoint=URL&amp;region=REGION&amp;path-style=true&amp;checksums=false
 * </pre>
 *
 * The prefix and each option may be left out. What is left out comes from where the AWS SDK looks
 * for it: variables such as {@code AWS_REGION} and {@code AWS_ENDPOINT_URL_S3}, and {@code
 * ~/.aws/config}. Keys always come from there: {@code AWS_ACCESS_KEY_ID} with {@code
 * AWS_SECRET_ACCESS_KEY}, a profile, or the role of the machine. Stateless.
 */
public final class S3Provider implements ObjectStoreProvider {
  static final String SCHEME = "s3";

  private static final List<String> ENDPOINTS = List.of("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL");
  private static final Pattern AND = Pattern.compile("&");

  private final Map<String, String> environment;

  /** For {@link java.util.ServiceLoader}. */
  public S3Provider() {
    this(System.getenv());
  }

  S3Provider(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public String scheme() {
    return SCHEME;
  }

  @Override
  public ObjectStore open(URI address) {
    return describe(address).build();
  }

  /** What an address and the environment say. */
  S3ObjectStoreBuilder describe(URI address) {
    String bucket = address.getRawAuthority();
    // A user or a port is no part of a bucket; the message must not repeat them.
    if (bucket == null || bucket.contains("@") || bucket.contains(":")) {
      throw new InvalidInputException(
          "address of an object store refused: it begins with s3:// and the bucket, without user,"
              + " password or port; keys come from the environment");
    }
    if (address.getRawFragment() != null) {
      throw refused("#", "give no fragment");
    }
    S3ObjectStoreBuilder store = S3ObjectStore.in(bucket).prefix(prefixOf(address));
    ENDPOINTS.stream()
        .map(environment::get)
        .filter(value -> value != null && !value.isBlank())
        .findFirst()
        .ifPresent(value -> store.endpoint(uri(value)));
    if (address.getRawQuery() != null) {
      AND.splitAsStream(address.getRawQuery()).forEach(option -> apply(option, store));
    }
    return store;
  }

  private static String prefixOf(URI address) {
    String path = address.getPath();
    int from = path.startsWith("/") ? 1 : 0;
    int to = path.endsWith("/") && path.length() > 1 ? path.length() - 1 : path.length();
    return path.substring(from, to);
  }

  private static void apply(String option, S3ObjectStoreBuilder store) {
    int equals = option.indexOf('=');
    String name = equals < 0 ? option : option.substring(0, equals);
    String value =
        equals < 0 ? "" : URLDecoder.decode(option.substring(equals + 1), StandardCharsets.UTF_8);
    switch (name) {
      case "endpoint" -> store.endpoint(uri(value));
      case "region" -> store.region(value);
      case "path-style" -> store.pathStyle(truth(name, value));
      case "checksums" -> store.checksums(truth(name, value));
      default -> throw refused(name, "known=[checksums, endpoint, path-style, region]");
    }
  }

  private static boolean truth(String name, String value) {
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw refused(name, "give true or false");
    };
  }

  private static URI uri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw refused("endpoint", "give an address such as https://s3.example.com");
    }
  }

  private static InvalidInputException refused(String option, String todo) {
    String name = option.substring(0, Math.min(option.length(), 40));
    return new InvalidInputException(
        "address of an object store refused: option=" + name + "; " + todo);
  }
}
