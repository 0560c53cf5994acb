/**
 * Object stores that speak the interface of S3, as targets of backups: {@code s3://bucket/prefix}.
 * Found by {@link java.util.ServiceLoader}; the only package that knows the AWS SDK. It knows the
 * core by its public API alone, and nothing of backups.
 */
@NullMarked
package dev.engram.objectstore;

import org.jspecify.annotations.NullMarked;
