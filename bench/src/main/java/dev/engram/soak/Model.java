package dev.engram.soak;

import dev.engram.internal.format.Digest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The oracle: what the store must hold, kept outside it. Changed only by what the store has
 * acknowledged. Not thread-safe.
 *
 * @param parts what each writer owns
 * @param bulk the version of each vector of the large collection, 0 where it is not there
 */
record Model(List<State> parts, int[] bulk) {
  /** Writers, and so parts. */
  static final int PARTS = 3;

  private static final int SHOWN = 12;

  static Model empty() {
    return new Model(Stream.generate(State::empty).limit(PARTS).toList(), new int[Bulk.SIZE]);
  }

  Model copy() {
    return new Model(parts.stream().map(State::copy).toList(), bulk.clone());
  }

  /** The part that owns a document or memory. */
  static int partOf(String id) {
    return id.charAt(1) - '0';
  }

  State part(String id) {
    return parts.get(partOf(id));
  }

  void forgetLot(long lot) {
    parts.forEach(part -> part.forgetLot(lot));
  }

  Stream<Map.Entry<String, Doc>> docs(long millis) {
    return parts.stream()
        .flatMap(part -> part.docs().entrySet().stream())
        .filter(each -> each.getValue().livesAt(millis));
  }

  Stream<Map.Entry<String, Note>> notes() {
    return parts.stream().flatMap(part -> part.notes().entrySet().stream());
  }

  Stream<Link> links() {
    return parts.stream().flatMap(part -> part.links().stream());
  }

  long bulkCount() {
    return IntStream.of(bulk).filter(version -> version > 0).count();
  }

  /**
   * What lives at a time in one line: how much there is, and a digest of all of it. Two models are
   * told the same where they are the same.
   */
  String told(long millis) {
    List<String> lines = new ArrayList<>();
    for (State part : parts) {
      lines.addAll(part.livingAt(millis).lines());
    }
    String bulkVersions = Arrays.toString(bulk);
    MessageDigest digest = Digest.newSha256();
    digest.update(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
    digest.update(bulkVersions.getBytes(StandardCharsets.UTF_8));
    return lines.size() + " " + bulkCount() + " " + HexFormat.of().formatHex(digest.digest());
  }

  /** How what was found at a time differs, the first ones of many; empty where it does not. */
  List<String> differences(Model found, long millis) {
    List<String> all = new ArrayList<>();
    for (int part = 0; part < PARTS; part++) {
      parts.get(part).livingAt(millis).compare(found.parts.get(part), all);
    }
    for (int i = 0; i < bulk.length; i++) {
      if (bulk[i] != found.bulk[i]) {
        all.add("vector " + i + ": wanted version=" + bulk[i] + ", found=" + found.bulk[i]);
      }
    }
    if (all.size() > SHOWN) {
      int more = all.size() - SHOWN;
      all = new ArrayList<>(all.subList(0, SHOWN));
      all.add("and " + more + " more");
    }
    return all;
  }
}
