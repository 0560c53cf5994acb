package dev.engram.objectstore;

import dev.engram.CorruptStoreException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Reads an object. Where the connection is lost, it asks for the rest of the same object. Not
 * thread-safe.
 */
final class ObjectStream extends InputStream {
  private final Place place;
  private final int attempts;
  private final Failures failures;
  private final String tag;
  private final long size;
  private @Nullable ResponseInputStream<GetObjectResponse> in;
  private long position;

  private ObjectStream(
      Place place,
      int attempts,
      Failures failures,
      ResponseInputStream<GetObjectResponse> in,
      long size) {
    this.place = place;
    this.attempts = attempts;
    this.failures = failures;
    this.tag = in.response().eTag();
    this.size = size;
    this.in = in;
  }

  static ObjectStream open(Place place, int attempts, Failures failures) {
    try {
      for (int lost = 1; ; lost++) {
        ResponseInputStream<GetObjectResponse> in =
            place
                .client()
                .getObject(request ->
                    request
                        .bucket(place.bucket())
                        .key(place.key())
                        .checksumMode(ChecksumMode.ENABLED));
        Long size = in.response().contentLength();
        if (size != null) {
          return new ObjectStream(place, attempts, failures, in, size);
        }
        // A connection that is lost among the headers of an answer may look like an answer.
        in.abort();
        if (lost == attempts) {
          throw failures.lost(new EOFException("no length"), place.name());
        }
      }
    } catch (SdkException e) {
      throw failures.of(e, "get", place.name());
    }
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (length == 0) {
      return 0;
    }
    for (int lost = 1; ; lost++) {
      try {
        return readOnce(buffer, offset, length);
      } catch (IOException e) {
        drop();
        if (position == size) {
          return -1;
        }
        giveUpAfter(lost, e);
      } catch (AbortedException e) {
        drop();
        throw failures.of(e, "get", place.name());
      } catch (SdkException e) {
        drop();
        // What ends early has another checksum too.
        if (position == size) {
          throw failures.altered(e, place.name());
        }
        giveUpAfter(lost, e);
      }
    }
  }

  private void giveUpAfter(int lost, Exception e) {
    if (lost == attempts) {
      throw failures.lost(e, place.name());
    }
  }

  private int readOnce(byte[] buffer, int offset, int length) throws IOException {
    if (in == null) {
      in = rest();
    }
    int read = in.read(buffer, offset, length);
    if (read < 0 && position < size) {
      throw new EOFException("the answer ends early");
    }
    position += Math.max(read, 0);
    return read;
  }

  /** What was not read yet, of the object as it was when reading began. */
  private ResponseInputStream<GetObjectResponse> rest() throws IOException {
    ResponseInputStream<GetObjectResponse> rest;
    try {
      rest =
          place
              .client()
              .getObject(request ->
                  request
                      .bucket(place.bucket())
                      .key(place.key())
                      .range("bytes=" + position + "-")
                      .ifMatch(tag));
    } catch (SdkException e) {
      throw failures.of(e, "get", place.name());
    }
    Long length = rest.response().contentLength();
    if (length == null) {
      rest.abort();
      throw new EOFException("no length");
    }
    if (length != size - position) {
      rest.abort();
      throw new CorruptStoreException(
          "the object store does not give the rest of an object: object="
              + place.name()
              + ", bucket="
              + place.bucket()
              + ", from="
              + position);
    }
    return rest;
  }

  private void drop() {
    if (in != null) {
      in.abort();
      in = null;
    }
  }

  /** Ends the connection where something is unread; otherwise it serves further requests. */
  @Override
  public void close() throws IOException {
    if (in != null && position == size) {
      in.close();
    } else {
      drop();
    }
  }
}
