package dev.engram.objectstore;

import dev.engram.InvalidInputException;
import dev.engram.spi.ObjectStore;
import java.net.URI;
import java.time.Duration;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Describes an {@link S3ObjectStore}. Its text names no keys. Not thread-safe. */
public final class S3ObjectStoreBuilder {
  /** Bytes of a part unless told otherwise. */
  public static final int DEFAULT_PART_BYTES = 8 << 20;

  /** Fewest bytes of a part, by the interface of S3. */
  public static final int MIN_PART_BYTES = 5 << 20;

  /** Most bytes of a part. */
  public static final int MAX_PART_BYTES = 1 << 30;

  /** Most attempts of one request. */
  public static final int MAX_ATTEMPTS = 20;

  /** Longest prefix, in characters; a key has 1,024 bytes. */
  public static final int MAX_PREFIX = 1_024 - ObjectStore.MAX_NAME - 1;

  private static final int DEFAULT_ATTEMPTS = 5;
  private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration MAX_TIMEOUT = Duration.ofHours(1);
  private static final Duration FIRST_DELAY = Duration.ofMillis(200);
  private static final Pattern BUCKET =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,220}[A-Za-z0-9]");
  private static final Pattern PREFIX =
      Pattern.compile("[A-Za-z0-9!_.*'()=-]+(?:/[A-Za-z0-9!_.*'()=-]+)*");
  private static final Pattern REGION = Pattern.compile("[A-Za-z0-9-]{1,64}");

  final String bucket;
  String prefix = "";
  @Nullable URI endpoint;
  @Nullable String region;
  @Nullable Boolean pathStyle;
  @Nullable Keys keys;
  boolean checksums = true;
  int partBytes = DEFAULT_PART_BYTES;
  int attempts = DEFAULT_ATTEMPTS;
  Duration timeout = DEFAULT_TIMEOUT;
  Duration firstDelay = FIRST_DELAY;
  RandomGenerator random = RandomGenerator.getDefault();

  /** What lets a caller in. Its text does not tell. */
  record Keys(String access, String secret) {
    @Override
    public String toString() {
      return "Keys[hidden]";
    }
  }

  S3ObjectStoreBuilder(String bucket) {
    if (!BUCKET.matcher(bucket).matches()) {
      throw refused("bucket", bucket, "give its name alone, of 3 characters or more");
    }
    this.bucket = bucket;
  }

  /** Keeps the objects below this, as in {@code a/b}; empty by default, for the whole bucket. */
  public S3ObjectStoreBuilder prefix(String path) {
    boolean known = path.isEmpty() || PREFIX.matcher(path).matches();
    if (!known || path.length() > MAX_PREFIX || path.matches("(.*/)?\\.{1,2}(/.*)?")) {
      throw refused(
          "prefix", path, "use letters, digits and !_.*'()=- with / between, max=" + MAX_PREFIX);
    }
    this.prefix = path;
    return this;
  }

  /** Where the service is, as {@code https://host:port}; that of Amazon by default. */
  public S3ObjectStoreBuilder endpoint(URI address) {
    boolean web = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
    boolean plain =
        address.getRawUserInfo() == null
            && address.getRawQuery() == null
            && address.getRawFragment() == null;
    if (!web || !plain || address.getHost() == null) {
      throw new InvalidInputException(
          "object store refused: endpoint; give an http or https address without user, query or"
              + " fragment");
    }
    this.endpoint = address;
    return this;
  }

  /**
   * The region that requests are signed for; by default what the AWS SDK finds in the environment,
   * and {@code us-east-1} where there is an endpoint.
   */
  public S3ObjectStoreBuilder region(String name) {
    if (!REGION.matcher(name).matches()) {
      throw refused("region", name, "give its name, such as eu-central-1");
    }
    this.region = name;
    return this;
  }

  /**
   * Whether the bucket stands in the path of a request instead of the name of the host; by default
   * where there is an endpoint.
   */
  public S3ObjectStoreBuilder pathStyle(boolean inPath) {
    this.pathStyle = inPath;
    return this;
  }

  /** The keys; by default those that the AWS SDK finds: environment, profile, role. */
  public S3ObjectStoreBuilder keys(String accessKey, String secretKey) {
    if (accessKey.isBlank() || secretKey.isBlank()) {
      throw new InvalidInputException("object store refused: keys; give both, not blank");
    }
    this.keys = new Keys(accessKey, secretKey);
    return this;
  }

  /** Whether a CRC32C goes with what is sent; true by default. Not every service takes it. */
  public S3ObjectStoreBuilder checksums(boolean sent) {
    this.checksums = sent;
    return this;
  }

  /**
   * Bytes of a part; a put holds one in memory. An object of more than 10,000 parts has larger ones.
   */
  public S3ObjectStoreBuilder partBytes(int bytes) {
    this.partBytes = checked("partBytes", bytes, MIN_PART_BYTES, MAX_PART_BYTES);
    return this;
  }

  /** Most attempts of one request, the first included; five by default. */
  public S3ObjectStoreBuilder attempts(int most) {
    this.attempts = checked("attempts", most, 1, MAX_ATTEMPTS);
    return this;
  }

  /** How long one attempt may take, with a part that it sends; two minutes by default. */
  public S3ObjectStoreBuilder timeout(Duration wait) {
    int millis = Math.clamp(wait.toMillis(), 0, Integer.MAX_VALUE);
    int checked = checked("timeoutMillis", millis, 1, (int) MAX_TIMEOUT.toMillis());
    this.timeout = Duration.ofMillis(checked);
    return this;
  }

  /**
   * The object store. Opens no connection yet.
   *
   * @throws InvalidInputException where no region is known
   */
  public S3ObjectStore build() {
    return new S3ObjectStore(this);
  }

  /** For tests: how long to wait before the second attempt. */
  S3ObjectStoreBuilder firstDelay(Duration delay) {
    this.firstDelay = delay;
    return this;
  }

  private static int checked(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw refused(name, "" + value, "min=" + min + ", max=" + max);
    }
    return value;
  }

  private static InvalidInputException refused(String name, String value, String todo) {
    String shown = value.substring(0, Math.min(value.length(), 80)).replaceAll("\\p{Cntrl}", "?");
    return new InvalidInputException(
        "object store refused: " + name + "=" + shown + "; " + todo);
  }
}
