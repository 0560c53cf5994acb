package dev.engram.objectstore;

import dev.engram.InvalidInputException;
import java.time.Duration;
import javax.xml.stream.XMLStreamException;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;

/** Makes the SDK's client as an {@link S3ObjectStoreBuilder} describes it. */
final class Clients {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration MAX_DELAY = Duration.ofSeconds(20);
  private static final Region USUAL_REGION = Region.US_EAST_1;

  private Clients() {}

  static S3Client of(S3ObjectStoreBuilder store) {
    boolean elsewhere = store.endpoint != null;
    S3ClientBuilder client =
        S3Client.builder()
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(shorter(CONNECT_TIMEOUT, store.timeout))
                    .socketTimeout(store.timeout))
            .overrideConfiguration(
                c -> c.retryStrategy(retries(store)).apiCallAttemptTimeout(store.timeout))
            .forcePathStyle(store.pathStyle == null ? elsewhere : store.pathStyle)
            // Not every service understands bodies in signed chunks.
            .serviceConfiguration(S3Configuration.builder().chunkedEncodingEnabled(false).build())
            // We send checksums of our own, as headers; what comes back is checked where it can be.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_SUPPORTED);
    if (store.keys != null) {
      client.credentialsProvider(
          StaticCredentialsProvider.create(
              AwsBasicCredentials.create(store.keys.access(), store.keys.secret())));
    }
    if (store.endpoint != null) {
      client.endpointOverride(store.endpoint);
    }
    if (store.region != null) {
      client.region(Region.of(store.region));
    } else if (elsewhere) {
      client.region(regionOrUsual());
    }
    return built(client, store);
  }

  private static S3Client built(S3ClientBuilder client, S3ObjectStoreBuilder store) {
    try {
      return client.build();
    } catch (SdkClientException e) {
      throw new InvalidInputException(
          "object store refused: bucket="
              + store.bucket
              + ", region=unknown; give the region in the address or in AWS_REGION",
          e);
    }
  }

  private static StandardRetryStrategy retries(S3ObjectStoreBuilder store) {
    BackoffStrategy delays = BackoffStrategy.exponentialDelay(store.firstDelay, MAX_DELAY);
    return AwsRetryStrategy.standardRetryStrategy().toBuilder()
        .maxAttempts(store.attempts)
        .backoffStrategy(delays)
        .throttlingBackoffStrategy(delays)
        // An answer that ends early.
        .retryOnExceptionOrCause(XMLStreamException.class)
        .build();
  }

  /** Not the SDK's own chain, which asks the network whether this machine is one of Amazon's. */
  private static Region regionOrUsual() {
    try {
      return new AwsRegionProviderChain(
              new SystemSettingsRegionProvider(), new AwsProfileRegionProvider())
          .getRegion();
    } catch (SdkClientException e) {
      return USUAL_REGION;
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
