package dev.engram.objectstore;

import dev.engram.CancelledException;
import dev.engram.ConflictException;
import dev.engram.CorruptStoreException;
import dev.engram.DeniedException;
import dev.engram.EngramException;
import dev.engram.InvalidInputException;
import dev.engram.NotFoundException;
import dev.engram.StorageException;
import dev.engram.UnavailableException;
import dev.engram.UnsupportedFeatureException;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Turns what the SDK throws into errors of Engram's. Messages name the bucket, the object, status
 * and code; never keys, and nothing that the service wrote as text. Stateless but for the bucket.
 */
final class Failures {
  private static final Set<String> DENIED =
      Set.of(
          "AccessDenied",
          "AllAccessDisabled",
          "ExpiredToken",
          "InvalidAccessKeyId",
          "InvalidToken",
          "RequestTimeTooSkewed",
          "SignatureDoesNotMatch");
  private static final Set<String> ALTERED =
      Set.of(
          "BadDigest", "InvalidDigest", "XAmzContentChecksumMismatch", "XAmzContentSHA256Mismatch");
  private static final Set<String> ELSEWHERE =
      Set.of(
          "AuthorizationHeaderMalformed",
          "IllegalLocationConstraintException",
          "PermanentRedirect",
          "TemporaryRedirect");
  private static final Set<String> BUSY = Set.of("RequestTimeout", "SlowDown", "Throttling");

  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int PRECONDITION_FAILED = 412;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVER_ERROR = 500;
  private static final int NOT_IMPLEMENTED = 501;

  private final String bucket;

  Failures(String bucket) {
    this.bucket = bucket;
  }

  /** Whether the service says that there is no such thing; a missing bucket is another matter. */
  static boolean isMissing(AwsServiceException answer) {
    return answer.statusCode() == NOT_FOUND && !codeOf(answer).equals("NoSuchBucket");
  }

  /** Whether the service lets the caller not in, or not do this. */
  static boolean isDenied(AwsServiceException answer) {
    return answer.statusCode() == UNAUTHORIZED
        || answer.statusCode() == FORBIDDEN
        || DENIED.contains(codeOf(answer));
  }

  /** Whether a condition of the request did not hold. */
  static boolean isRefusedByCondition(AwsServiceException answer) {
    return answer.statusCode() == PRECONDITION_FAILED || answer.statusCode() == CONFLICT;
  }

  /**
   * The error for what was thrown.
   *
   * @param act what was tried
   * @param name of the object, or the beginning of names
   */
  EngramException of(SdkException thrown, String act, String name) {
    String what = "act=" + act + ", object=" + name + ", bucket=" + bucket;
    return thrown instanceof AwsServiceException answer
        ? answered(answer, what)
        : unanswered(thrown, what);
  }

  private static EngramException answered(AwsServiceException answer, String what) {
    int status = answer.statusCode();
    String code = codeOf(answer);
    String said = what + ", status=" + status + ", code=" + code;
    if (code.equals("NoSuchBucket")) {
      return new NotFoundException("bucket not found: " + said + "; make it first", answer);
    }
    if (isRefusedByCondition(answer) || code.equals("NoSuchUpload")) {
      return new ConflictException(
          "the object was changed meanwhile: " + said + "; try again", answer);
    }
    if (status == NOT_FOUND) {
      return new NotFoundException("there is no such object: " + said, answer);
    }
    if (isDenied(answer)) {
      return new DeniedException(
          "the object store denies access: "
              + said
              + "; check the keys, the clock, and what the"
              + " keys may do",
          answer);
    }
    if (ALTERED.contains(code)) {
      return new CorruptStoreException(
          "bytes were altered on their way to the object store: " + said + "; try again", answer);
    }
    return otherwiseAnswered(answer, status, code, said);
  }

  private static EngramException otherwiseAnswered(
      AwsServiceException answer, int status, String code, String said) {
    if (status / 100 == 3 || ELSEWHERE.contains(code)) {
      return new InvalidInputException(
          "the bucket is in another region: " + said + "; give its region or endpoint", answer);
    }
    if (status == NOT_IMPLEMENTED) {
      return new UnsupportedFeatureException(
          "the object store cannot do this: " + said + "; use another one", answer);
    }
    if (status == TOO_MANY_REQUESTS || status >= SERVER_ERROR || BUSY.contains(code)) {
      return new UnavailableException(
          "the object store is busy or out of order: " + said + "; try again later", answer);
    }
    return new StorageException("the object store refuses: " + said, answer);
  }

  private static EngramException unanswered(SdkException thrown, String what) {
    if (thrown instanceof AbortedException) {
      Thread.currentThread().interrupt();
      return new CancelledException("interrupted: " + what, thrown);
    }
    if (String.valueOf(thrown.getMessage()).contains("load credentials")) {
      return new DeniedException(
          "no keys for the object store: "
              + what
              + "; set AWS_ACCESS_KEY_ID and"
              + " AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
          thrown);
    }
    return unreachable(thrown, what);
  }

  private static UnavailableException unreachable(Throwable thrown, String what) {
    Throwable why = thrown;
    while (why.getCause() != null) {
      why = why.getCause();
    }
    return new UnavailableException(
        "the object store cannot be reached: "
            + what
            + ", why="
            + why.getClass().getSimpleName()
            + "; check its address and the network, and try again",
        thrown);
  }

  /** For a connection that was lost too often while an object was read. */
  UnavailableException lost(Throwable thrown, String name) {
    return unreachable(thrown, "act=get, object=" + name + ", bucket=" + bucket);
  }

  /** For an object that was read to its end and does not have the checksum of the service. */
  CorruptStoreException altered(SdkException thrown, String name) {
    return new CorruptStoreException(
        "the object is not what was stored: object="
            + name
            + ", bucket="
            + bucket
            + "; read it again, it may have been altered on its way",
        thrown);
  }

  private static String codeOf(AwsServiceException answer) {
    AwsErrorDetails details = answer.awsErrorDetails();
    String code = details == null ? null : details.errorCode();
    return code == null || !code.matches("[A-Za-z0-9.]{1,64}") ? "none" : code;
  }
}
