package dev.engram.internal.transfer;

import dev.engram.internal.format.ByteWriter;
import dev.engram.internal.format.IdLayout;
import dev.engram.internal.format.MetadataLayout;
import dev.engram.spi.TransferItem;
import dev.engram.spi.TransferItem.Dates;
import dev.engram.spi.TransferItem.Entry;
import dev.engram.spi.TransferItem.Link;
import dev.engram.spi.TransferItem.Node;
import dev.engram.spi.TransferItem.Section;
import dev.engram.spi.TransferItem.Use;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/**
 * SHA-256 over what items say, in one encoding, whatever form they were written in. Not
 * thread-safe.
 */
final class ItemDigest {
  private static final int SECTION = 1;
  private static final int ENTRY = 2;
  private static final int LINK = 3;
  private static final int CAPACITY = 8 * 1024;

  private final MessageDigest sha256 = newSha256();
  private ByteWriter out = new ByteWriter(CAPACITY);

  void add(TransferItem item) {
    switch (item) {
      case Section section -> add(section);
      case Entry entry -> add(entry);
      case Link link -> add(link);
      case TransferItem.End _ -> {}
    }
    sha256.update(out.array(), 0, out.size());
    // One large text must not hold its memory for ever.
    out = out.array().length > 64 * CAPACITY ? new ByteWriter(CAPACITY) : out;
    out.clear();
  }

  /** The digest of everything so far; nothing is added afterwards. */
  String hex() {
    return HexFormat.of().formatHex(sha256.digest());
  }

  private void add(Section section) {
    out.u8(SECTION).varint(section.version()).text(section.name()).text(section.kind().name());
    out.text(section.config().toString());
    optional(section.embedder().map(Object::toString));
    optional(section.life().map(life -> life.cycle() + " " + life.dynamics()));
  }

  private void add(Entry entry) {
    out.u8(ENTRY).u8(entry.id().isPresent() ? 1 : 0);
    entry.id().ifPresent(id -> IdLayout.write(out, id));
    optional(entry.text());
    out.varint(entry.vector().map(vector -> vector.length).orElse(0));
    entry.vector().ifPresent(out::floats);
    MetadataLayout.encode(out, entry.metadata());
    optional(entry.provenance().map(origin -> origin.source()));
    optional(entry.provenance().map(origin -> origin.position()));
    add(entry.dates());
    out.u8(entry.node().isPresent() ? 1 : 0);
    entry.node().ifPresent(this::add);
  }

  private void add(Dates dates) {
    instant(dates.created());
    instant(dates.updated());
    instant(dates.expires());
    instant(dates.occurred());
    instant(dates.validFrom());
    instant(dates.validUntil());
  }

  private void add(Node node) {
    out.varint(node.accessCount()).f64(node.importance()).u8(node.pinned() ? 1 : 0);
    instant(node.lastAccessed());
    instant(node.importanceSince());
  }

  private void add(Link link) {
    out.u8(LINK);
    IdLayout.write(out, link.from());
    IdLayout.write(out, link.to());
    out.text(link.relation()).f64(link.strength()).u8(link.use().isPresent() ? 1 : 0);
    link.use().ifPresent(this::add);
  }

  private void add(Use use) {
    out.text(use.tier().name()).i64(use.cycle()).varint(use.activations());
    out.i64(use.strengthSince().toEpochMilli()).i64(use.createdAt().toEpochMilli());
    out.i64(use.lastAccessed().toEpochMilli());
  }

  private void optional(Optional<String> text) {
    out.u8(text.isPresent() ? 1 : 0);
    text.ifPresent(out::text);
  }

  private void instant(Optional<Instant> instant) {
    out.i64(instant.map(Instant::toEpochMilli).orElse(Long.MIN_VALUE));
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
