package dev.engram.objectstore;

import dev.engram.DeniedException;
import dev.engram.EngramException;
import dev.engram.ExistsException;
import dev.engram.UnsupportedFeatureException;
import dev.engram.spi.ObjectInfo;
import dev.engram.spi.ObjectNames;
import dev.engram.spi.ObjectStore;
import java.io.InputStream;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Objects in a bucket of Amazon S3, or of a service with its interface, such as MinIO, Ceph, or
 * Google Cloud Storage. The key of an object is the prefix, a slash and its name.
 *
 * <p>An object that is larger than a part is sent in parts, one after the other, and is there when
 * the last one is: a put holds one part in memory. Each request carries a CRC32C that the service
 * compares, is repeated where it is not answered or the service is busy, and is bounded in time.
 * Reading goes on where a connection was lost, and compares the service's own checksum where there
 * is one for the whole object. A create is conditional ({@code If-None-Match}); a service that does
 * not know conditions only refuses what was there before.
 *
 * <p>Thread-safe. It makes no buckets and sets no rules of theirs; where a bucket keeps versions,
 * what is deleted or replaced stays among them. Keys of access never show.
 */
public final class S3ObjectStore implements ObjectStore {
  private static final System.Logger LOG = System.getLogger(S3ObjectStore.class.getName());

  private final S3Client client;
  private final String bucket;
  private final String prefix;
  private final String where;
  private final boolean checksums;
  private final int partBytes;
  private final int attempts;
  private final RandomGenerator random;
  private final Failures failures;

  S3ObjectStore(S3ObjectStoreBuilder store) {
    this.client = Clients.of(store);
    this.bucket = store.bucket;
    this.prefix = store.prefix.isEmpty() ? "" : store.prefix + "/";
    this.where = store.endpoint == null ? "default" : store.endpoint.toString();
    this.checksums = store.checksums;
    this.partBytes = store.partBytes;
    this.attempts = store.attempts;
    this.random = store.random;
    this.failures = new Failures(bucket);
  }

  /**
   * Starts to describe an object store.
   *
   * @param bucket its name; it has to be there
   * @throws dev.engram.InvalidInputException where it cannot be the name of one
   */
  public static S3ObjectStoreBuilder in(String bucket) {
    return new S3ObjectStoreBuilder(bucket);
  }

  @Override
  public String place() {
    return "s3 " + where + " " + bucket + "/" + prefix;
  }

  @Override
  public void put(String name, InputStream bytes, long length) {
    upload(name, false).send(bytes, length);
  }

  @Override
  public void create(String name, InputStream bytes, long length) {
    Upload upload = upload(name, true);
    // Also for services that overlook conditions; and nothing is sent in vain.
    if (upload.isTaken()) {
      throw new ExistsException(
          "there is such an object: name="
              + name
              + ", bucket="
              + bucket
              + "; it was left as it is");
    }
    upload.send(bytes, length);
  }

  private Upload upload(String name, boolean fresh) {
    String key = prefix + ObjectNames.require(name);
    String token = Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
    return new Upload(
        new Place(client, bucket, key, name),
        new Upload.Manner(fresh, checksums, partBytes, token),
        failures);
  }

  @Override
  public InputStream get(String name) {
    String key = prefix + ObjectNames.require(name);
    return ObjectStream.open(new Place(client, bucket, key, name), attempts, failures);
  }

  @Override
  public List<ObjectInfo> list(String beginning) {
    try {
      return client
          .listObjectsV2Paginator(request -> request.bucket(bucket).prefix(prefix + beginning))
          .contents()
          .stream()
          .map(this::info)
          .filter(each -> ObjectNames.isName(each.name()))
          .sorted(Comparator.comparing(ObjectInfo::name))
          .toList();
    } catch (SdkException e) {
      throw failures.of(e, "list", beginning);
    }
  }

  private ObjectInfo info(S3Object object) {
    return new ObjectInfo(object.key().substring(prefix.length()), object.size());
  }

  @Override
  public void delete(String name) {
    String key = prefix + ObjectNames.require(name);
    try {
      client.deleteObject(request -> request.bucket(bucket).key(key));
    } catch (S3Exception e) {
      if (!Failures.isMissing(e)) {
        throw failures.of(e, "delete", name);
      }
    } catch (SdkException e) {
      throw failures.of(e, "delete", name);
    }
  }

  /** Needs the right to list and abort multipart uploads; without it, logs that they stay. */
  @Override
  public void discardUnfinished(Instant before) {
    try {
      client
          .listMultipartUploadsPaginator(request -> request.bucket(bucket).prefix(prefix))
          .uploads()
          .stream()
          .filter(each -> ObjectNames.isName(each.key().substring(prefix.length())))
          .filter(each -> each.initiated() != null && each.initiated().isBefore(before))
          .forEach(this::abort);
    } catch (SdkException e) {
      EngramException failure = failures.of(e, "discard unfinished uploads", "");
      if (failure instanceof DeniedException || failure instanceof UnsupportedFeatureException) {
        LOG.log(
            System.Logger.Level.WARNING,
            "unfinished uploads are kept: why=" + failure.getMessage());
        return;
      }
      throw failure;
    }
  }

  private void abort(MultipartUpload upload) {
    try {
      client.abortMultipartUpload(
          request -> request.bucket(bucket).key(upload.key()).uploadId(upload.uploadId()));
    } catch (S3Exception e) {
      if (!Failures.isMissing(e)) {
        throw e;
      }
    }
  }

  /** Frees the client. */
  @Override
  public void close() {
    client.close();
  }

  /** Names the bucket, not the keys. */
  @Override
  public String toString() {
    return "S3ObjectStore[bucket=" + bucket + ", prefix=" + prefix + ", endpoint=" + where + "]";
  }
}
