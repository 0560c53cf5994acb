package dev.engram.internal.log;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;

/**
 * A file of large values, as RocksDB writes them ({@code db/blob/blob_log_format.h});
 * little-endian, checksums are CRC32C, masked:
 *
 * <pre>
 *   header (30)   magic (4) | version (4) | family (4) | flags (1) | compression (1) | times (16)
 *   record        key length (8) | value length (8) | expiration (8) | checksum of these (4)
 *                 checksum of key and value (4) | key | value
 *   footer (32)   magic (4) | count (8) | times (16) | checksum of these (4)
 * </pre>
 *
 * Static functions only.
 */
final class BlobFile {
  private static final int MAGIC = 2_395_959;
  private static final int VERSION = 1;
  private static final int HEADER_BYTES = 30;
  private static final int FOOTER_BYTES = 32;
  private static final int RECORD_BYTES = 32;
  private static final int SUMMED_BYTES = 24;
  private static final int BUFFER_BYTES = 1 << 17;

  private BlobFile() {}

  static void checkEnds(Path file) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "r")) {
      if (bytes.length() < HEADER_BYTES + FOOTER_BYTES) {
        throw LogFiles.damaged(file, "bytes=" + bytes.length());
      }
      byte[] header = new byte[HEADER_BYTES];
      bytes.readFully(header);
      checkHeader(file, little(header));
      byte[] footer = new byte[FOOTER_BYTES];
      bytes.seek(bytes.length() - FOOTER_BYTES);
      bytes.readFully(footer);
      long _ = count(file, footer);
    }
  }

  static void verify(Path file, LongConsumer passed) throws IOException {
    checkEnds(file);
    long left = Files.size(file) - HEADER_BYTES - FOOTER_BYTES;
    long records = 0;
    try (DataInputStream in = open(file)) {
      in.readFully(new byte[HEADER_BYTES]);
      passed.accept(HEADER_BYTES);
      while (left > 0) {
        long length = verifyRecord(file, in, left);
        passed.accept(length);
        left -= length;
        records++;
      }
      byte[] footer = new byte[FOOTER_BYTES];
      in.readFully(footer);
      passed.accept(FOOTER_BYTES);
      if (records != count(file, footer)) {
        throw LogFiles.damaged(file, "records=" + records + ", written=" + count(file, footer));
      }
    } catch (EOFException e) {
      throw LogFiles.damaged(file, "it is cut short");
    }
  }

  private static DataInputStream open(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    return new DataInputStream(new BufferedInputStream(in, BUFFER_BYTES));
  }

  /** Its length, of at most so many bytes. */
  private static long verifyRecord(Path file, DataInputStream in, long most) throws IOException {
    if (most < RECORD_BYTES) {
      throw LogFiles.damaged(file, "a record is cut short");
    }
    byte[] header = new byte[RECORD_BYTES];
    in.readFully(header);
    ByteBuffer fields = little(header);
    if (fields.getInt(SUMMED_BYTES) != sum(header, SUMMED_BYTES)) {
      throw LogFiles.damaged(file, "the header of a record, bytes before the footer=" + most);
    }
    long room = most - RECORD_BYTES;
    long key = fields.getLong(0);
    long value = fields.getLong(Long.BYTES);
    if (key < 0 || value < 0 || key > room || value > room - key) {
      throw LogFiles.damaged(file, "a record of " + key + " and " + value + " bytes");
    }
    CRC32C crc = new CRC32C();
    pass(in, key + value, crc);
    if (fields.getInt(SUMMED_BYTES + Integer.BYTES) != LogFiles.masked(crc.getValue())) {
      throw LogFiles.damaged(file, "a value, bytes before the footer=" + most);
    }
    return RECORD_BYTES + key + value;
  }

  private static void pass(DataInputStream in, long bytes, CRC32C crc) throws IOException {
    byte[] buffer = new byte[(int) Math.min(BUFFER_BYTES, bytes)];
    for (long left = bytes; left > 0; ) {
      int part = (int) Math.min(buffer.length, left);
      in.readFully(buffer, 0, part);
      crc.update(buffer, 0, part);
      left -= part;
    }
  }

  private static void checkHeader(Path file, ByteBuffer header) {
    if (header.getInt(0) != MAGIC || header.getInt(4) != VERSION) {
      throw LogFiles.damaged(file, "its header");
    }
  }

  /** How many records the file has, as its footer says. */
  private static long count(Path file, byte[] footer) {
    ByteBuffer fields = little(footer);
    int summed = FOOTER_BYTES - Integer.BYTES;
    if (fields.getInt(0) != MAGIC || fields.getInt(summed) != sum(footer, summed)) {
      throw LogFiles.damaged(file, "its footer");
    }
    return fields.getLong(Integer.BYTES);
  }

  private static int sum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return LogFiles.masked(crc.getValue());
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
