package dev.engram.objectstore;

import dev.engram.CancelledException;
import dev.engram.EngramException;
import dev.engram.ExistsException;
import dev.engram.InvalidInputException;
import dev.engram.StorageException;
import dev.engram.UnavailableException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * One put. The object bears a token of this put, because an answer may be lost: where a repeated
 * request finds an object, the token tells whose it is. Not thread-safe.
 */
final class Upload {
  /** Most parts of an object, by the interface of S3. */
  static final int MAX_PARTS = 10_000;

  private static final System.Logger LOG = System.getLogger(Upload.class.getName());
  private static final String TYPE = "application/octet-stream";
  private static final String TOKEN = "engram-put";
  private static final String NONE = "*";
  private static final int MEGABYTE = 1 << 20;

  /** How often a part is sent whose tag does not arrive. */
  private static final int MAX_SENDS = 5;

  private final Place place;
  private final Manner manner;
  private final Failures failures;

  /**
   * How it is sent.
   *
   * @param fresh whether there must be no such object
   * @param checksums whether they are sent
   * @param partBytes of a part, unless there would be too many
   * @param token of this put
   */
  record Manner(boolean fresh, boolean checksums, int partBytes, String token) {}

  Upload(Place place, Manner manner, Failures failures) {
    this.place = place;
    this.manner = manner;
    this.failures = failures;
  }

  /** Whether there is an object of this name. */
  boolean isTaken() {
    try {
      return tokenThere() != null;
    } catch (SdkException e) {
      throw failures.of(e, "create", place.name());
    }
  }

  /** Sends the object, which has so many bytes. */
  void send(InputStream bytes, long length) {
    if (length < 0) {
      throw otherLength(length, "more");
    }
    try {
      if (length <= manner.partBytes()) {
        sendWhole(bytes, (int) length);
      } else {
        sendParts(bytes, length);
      }
    } catch (SdkException e) {
      throw failures.of(reason(e), "put", place.name());
    }
  }

  /** A service may refuse a large body by ending the connection; without one it tells why. */
  private SdkException reason(SdkException thrown) {
    if (thrown instanceof AwsServiceException || thrown instanceof AbortedException) {
      return thrown;
    }
    try {
      String _ = tokenThere();
    } catch (AwsServiceException e) {
      return Failures.isDenied(e) ? e : thrown;
    } catch (SdkException e) {
      return thrown;
    }
    return thrown;
  }

  private void sendWhole(InputStream bytes, int length) {
    byte[] body = new byte[length];
    fill(bytes, body, length, length);
    requireEnd(bytes, length);
    try {
      place
          .client()
          .putObject(
              request ->
                  request
                      .bucket(place.bucket())
                      .key(place.key())
                      .metadata(Map.of(TOKEN, manner.token()))
                      .checksumCRC32C(checksum(body, length))
                      .ifNoneMatch(condition()),
              body(body, length));
    } catch (S3Exception e) {
      settle(e);
    }
  }

  private void sendParts(InputStream bytes, long length) {
    long least = Math.ceilDiv(Math.ceilDiv(length, MAX_PARTS), MEGABYTE) * MEGABYTE;
    long partBytes = Math.max(manner.partBytes(), least);
    if (partBytes > S3ObjectStoreBuilder.MAX_PART_BYTES) {
      throw new InvalidInputException(
          "an object is too large: name=" + place.name() + ", bytes=" + length);
    }
    String id = begin();
    boolean finished = false;
    try {
      finish(id, sendEach(id, bytes, length, (int) partBytes));
      finished = true;
    } finally {
      if (!finished) {
        abort(id);
      }
    }
  }

  private String begin() {
    ChecksumAlgorithm algorithm = manner.checksums() ? ChecksumAlgorithm.CRC32_C : null;
    return place
        .client()
        .createMultipartUpload(request ->
            request
                .bucket(place.bucket())
                .key(place.key())
                .metadata(Map.of(TOKEN, manner.token()))
                .checksumAlgorithm(algorithm))
        .uploadId();
  }

  private List<CompletedPart> sendEach(String id, InputStream bytes, long length, int partBytes) {
    List<CompletedPart> parts = new ArrayList<>();
    byte[] buffer = new byte[partBytes];
    long sent = 0;
    while (sent < length) {
      int size = (int) Math.min(partBytes, length - sent);
      fill(bytes, buffer, size, length);
      sent += size;
      if (sent == length) {
        requireEnd(bytes, length);
      }
      parts.add(sendPart(id, parts.size() + 1, buffer, size));
    }
    return parts;
  }

  private CompletedPart sendPart(String id, int number, byte[] buffer, int size) {
    String checksum = checksum(buffer, size);
    String tag = sendOnce(id, number, buffer, size, checksum);
    for (int sent = 1; !isWhole(tag); sent++) {
      if (sent == MAX_SENDS) {
        throw new UnavailableException(
            "the object store's answers end early: object="
                + place.name()
                + ", bucket="
                + place.bucket()
                + "; try again later");
      }
      tag = sendOnce(id, number, buffer, size, checksum);
    }
    return CompletedPart.builder().partNumber(number).eTag(tag).checksumCRC32C(checksum).build();
  }

  /** A connection that is lost among the headers of an answer may look like an answer. */
  private static boolean isWhole(@Nullable String tag) {
    return tag != null && tag.length() > 1 && tag.startsWith("\"") == tag.endsWith("\"");
  }

  private @Nullable String sendOnce(
      String id, int number, byte[] buffer, int size, @Nullable String checksum) {
    return place
        .client()
        .uploadPart(
            request ->
                request
                    .bucket(place.bucket())
                    .key(place.key())
                    .uploadId(id)
                    .partNumber(number)
                    .checksumCRC32C(checksum),
            body(buffer, size))
        .eTag();
  }

  private void finish(String id, List<CompletedPart> parts) {
    try {
      place
          .client()
          .completeMultipartUpload(request ->
              request
                  .bucket(place.bucket())
                  .key(place.key())
                  .uploadId(id)
                  .ifNoneMatch(condition())
                  .multipartUpload(upload -> upload.parts(parts)));
    } catch (S3Exception e) {
      settle(e);
    }
  }

  /**
   * The answer to an earlier attempt may have been lost: then it succeeded, unless it is another's.
   */
  private void settle(S3Exception answer) {
    boolean mayBeThere = answer.statusCode() / 100 == 4 && !Failures.isDenied(answer);
    String there = mayBeThere ? tokenThere() : null;
    if (manner.token().equals(there)) {
      return;
    }
    if (there != null && manner.fresh() && Failures.isRefusedByCondition(answer)) {
      throw new ExistsException(
          "there is such an object: name="
              + place.name()
              + ", bucket="
              + place.bucket()
              + "; it was left as it is",
          answer);
    }
    throw answer;
  }

  /** The token of the object that is there, empty where it has none; null where there is none. */
  private @Nullable String tokenThere() {
    try {
      return place
          .client()
          .headObject(request -> request.bucket(place.bucket()).key(place.key()))
          .metadata()
          .getOrDefault(TOKEN, "");
    } catch (S3Exception e) {
      if (Failures.isMissing(e)) {
        return null;
      }
      throw e;
    }
  }

  /**
   * Frees the parts; what stays nevertheless is freed by {@link S3ObjectStore#discardUnfinished}.
   */
  private void abort(String id) {
    boolean interrupted = Thread.interrupted();
    try {
      place
          .client()
          .abortMultipartUpload(
              request -> request.bucket(place.bucket()).key(place.key()).uploadId(id));
    } catch (SdkException e) {
      EngramException why = failures.of(e, "abort", place.name());
      LOG.log(System.Logger.Level.DEBUG, "parts are left: why=" + why.getMessage());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void fill(InputStream bytes, byte[] buffer, int size, long length) {
    try {
      if (bytes.readNBytes(buffer, 0, size) < size) {
        throw otherLength(length, "less");
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private void requireEnd(InputStream bytes, long length) {
    try {
      if (bytes.read() >= 0) {
        throw otherLength(length, "more");
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private InvalidInputException otherLength(long length, String is) {
    return new InvalidInputException(
        "an object has another length: name=" + place.name() + ", said=" + length + ", is=" + is);
  }

  private EngramException unreadable(IOException e) {
    return e instanceof ClosedByInterruptException
        ? new CancelledException("interrupted while an object was stored", e)
        : new StorageException(
            "cannot read what is to be stored: object=" + place.name() + ", why=" + e, e);
  }

  private @Nullable String condition() {
    return manner.fresh() ? NONE : null;
  }

  private @Nullable String checksum(byte[] bytes, int length) {
    if (!manner.checksums()) {
      return null;
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    byte[] four = ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array();
    return Base64.getEncoder().encodeToString(four);
  }

  /** Can be read again for each attempt; copies nothing. */
  private static RequestBody body(byte[] bytes, int length) {
    return RequestBody.fromContentProvider(
        () -> new ByteArrayInputStream(bytes, 0, length), length, TYPE);
  }
}
