package dev.engram.internal.filter;

import dev.engram.internal.format.ByteReader;
import dev.engram.internal.format.ByteWriter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One short run of bytes for each ordinal, in pages instead of objects: four bytes an ordinal and
 * about two a row beside the bytes themselves. Space of replaced rows is reclaimed when it exceeds
 * that of the rows that are left. Not thread-safe.
 */
final class RowStore {
  private static final int ORDINAL_BITS = 7;
  private static final int ORDINAL_PAGE = 1 << ORDINAL_BITS;
  private static final int PAGE_BITS = 15;
  private static final int PAGE_BYTES = 1 << PAGE_BITS;
  private static final int FIRST_PAGE_BYTES = 256;

  /** Addresses count words, so that 32 bits reach 16 GiB. */
  private static final int WORD_BITS = 2;

  /** How far the number of the page stands to the left in an address. */
  private static final int PAGE_SHIFT = PAGE_BITS - WORD_BITS;

  private static final int MAX_PAGES = 1 << (Integer.SIZE - PAGE_SHIFT);
  private static final int LEAST_GARBAGE_BYTES = 1_024;

  private int[] @Nullable [] addresses = new int[0][];
  private byte[][] pages = {};
  private int pageCount;
  private int tail;
  private long usedBytes;
  private long garbageBytes;

  /** Heap that it takes, about. */
  long bytes() {
    return usedBytes + (long) addresses.length * ORDINAL_PAGE * Integer.BYTES;
  }

  /** Whether there is a row, however short. */
  boolean contains(int ordinal) {
    return address(ordinal) != 0;
  }

  private int address(int ordinal) {
    int page = ordinal >> ORDINAL_BITS;
    int[] slots = page < addresses.length ? addresses[page] : null;
    return slots == null ? 0 : slots[ordinal & (ORDINAL_PAGE - 1)];
  }

  /** The row of an ordinal; null when there is none. Valid until the next change. */
  @Nullable ByteReader row(int ordinal) {
    int address = address(ordinal);
    if (address == 0) {
      return null;
    }
    byte[] page = pages[address >>> PAGE_SHIFT];
    int offset = offset(address);
    ByteReader head = new ByteReader(page, offset, page.length - offset, "filter row");
    int length = head.length();
    return new ByteReader(page, head.position(), length, "filter row");
  }

  private static int offset(int address) {
    return (address & ((1 << PAGE_SHIFT) - 1)) << WORD_BITS;
  }

  /** Sets the row of an ordinal that has none. */
  void add(int ordinal, ByteWriter row) {
    setAddress(ordinal, append(row.array(), row.size()));
  }

  /** Forgets the row of an ordinal. */
  void remove(int ordinal) {
    ByteReader row = row(ordinal);
    if (row == null) {
      return;
    }
    garbageBytes += words(row.remaining());
    setAddress(ordinal, 0);
    if (garbageBytes > LEAST_GARBAGE_BYTES && garbageBytes > usedBytes - garbageBytes) {
      compact();
    }
  }

  private static int words(int length) {
    int head = length < 1 << 7 ? 1 : length < 1 << 14 ? 2 : length < 1 << 21 ? 3 : 5;
    return ((head + length + (1 << WORD_BITS) - 1) >> WORD_BITS) << WORD_BITS;
  }

  private void setAddress(int ordinal, int address) {
    int page = ordinal >> ORDINAL_BITS;
    if (page >= addresses.length) {
      addresses = Arrays.copyOf(addresses, page + 1 + (page >> 1));
    }
    int[] slots = addresses[page];
    if (slots == null) {
      slots = new int[ORDINAL_PAGE];
      addresses[page] = slots;
    }
    slots[ordinal & (ORDINAL_PAGE - 1)] = address;
  }

  private int append(byte[] bytes, int length) {
    int needed = words(length);
    if (pageCount == 0 || tail + needed > PAGE_BYTES) {
      addPage(needed);
    }
    byte[] page = room(needed);
    int at = tail;
    for (int rest = length; ; rest >>>= 7) {
      page[at++] = (byte) (rest < 0x80 ? rest : rest | 0x80);
      if (rest < 0x80) {
        break;
      }
    }
    System.arraycopy(bytes, 0, page, at, length);
    int address = ((pageCount - 1) << PAGE_SHIFT) | (tail >> WORD_BITS);
    tail += needed;
    usedBytes += needed;
    return address;
  }

  private void addPage(int needed) {
    if (pageCount == MAX_PAGES) {
      throw new IllegalStateException("filter rows exceed 16 GiB in one collection");
    }
    if (pageCount == pages.length) {
      pages = Arrays.copyOf(pages, pageCount + 1 + (pageCount >> 1));
    }
    tail = pageCount == 0 ? 1 << WORD_BITS : 0;
    int wanted = pageCount == 0 ? FIRST_PAGE_BYTES : PAGE_BYTES;
    pages[pageCount++] = new byte[Math.max(wanted, tail + needed)];
  }

  /** The last page, grown so that so many bytes fit behind its tail. */
  private byte[] room(int needed) {
    byte[] page = pages[pageCount - 1];
    if (tail + needed > page.length) {
      int capacity = Math.min(PAGE_BYTES, page.length + Math.max(needed, page.length >> 3));
      page = Arrays.copyOf(page, Math.max(capacity, tail + needed));
      pages[pageCount - 1] = page;
    }
    return page;
  }

  private void compact() {
    byte[][] oldPages = pages;
    pages = new byte[0][];
    pageCount = 0;
    usedBytes = 0;
    garbageBytes = 0;
    for (int[] slots : addresses) {
      if (slots != null) {
        move(slots, oldPages);
      }
    }
  }

  private void move(int[] slots, byte[][] oldPages) {
    for (int i = 0; i < slots.length; i++) {
      if (slots[i] != 0) {
        byte[] page = oldPages[slots[i] >>> PAGE_SHIFT];
        int offset = offset(slots[i]);
        byte[] row = new ByteReader(page, offset, page.length - offset, "filter row").block();
        slots[i] = append(row, row.length);
      }
    }
  }
}
