package dev.engram.objectstore;

import software.amazon.awssdk.services.s3.S3Client;

/**
 * Where an object is.
 *
 * @param client to ask for it
 * @param bucket that holds it
 * @param key in the bucket
 * @param name as users know it
 */
record Place(S3Client client, String bucket, String key, String name) {}
