package dev.engram.spi;

/**
 * An object of an {@link ObjectStore}.
 *
 * @param name its whole name
 * @param size bytes
 */
public record ObjectInfo(String name, long size) {}
