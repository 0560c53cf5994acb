package dev.engram.formats;

import dev.engram.InvalidInputException;
import dev.engram.Limits;
import dev.engram.spi.Match;
import dev.engram.spi.TransferFormat;
import dev.engram.spi.TransferItem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessagePacker;
import org.msgpack.core.MessageUnpacker;

/** MessagePack: a map for each item, one after the other. Stateless. */
public final class MessagePackFormat implements TransferFormat {
  private static final int ONE_ENTRY_MAP = 0x81;
  private static final int MAP_MASK = 0xF0;
  private static final int SHORT_MAP = 0x80;
  private static final int SHORT_TEXT_MASK = 0xE0;
  private static final int SHORT_TEXT = 0xA0;

  static {
    // Otherwise it reaches for Unsafe, of which the JVM complains.
    if (System.getProperty("msgpack.universal-buffer") == null) {
      System.setProperty("msgpack.universal-buffer", "true");
    }
  }

  @Override
  public String name() {
    return "msgpack";
  }

  @Override
  public boolean keepsAll() {
    return true;
  }

  @Override
  public boolean joins() {
    return true;
  }

  @Override
  public Match match(byte[] beginning) {
    if (beginning.length < 3
        || (beginning[0] & MAP_MASK) != SHORT_MAP
        || (beginning[1] & SHORT_TEXT_MASK) != SHORT_TEXT) {
      return Match.NO;
    }
    boolean own = (beginning[0] & 0xFF) == ONE_ENTRY_MAP && beginning[2] == '@';
    return own ? Match.YES : Match.MAYBE;
  }

  @Override
  public Sink write(OutputStream out) {
    return new Packed(out);
  }

  @Override
  public Source read(InputStream in) {
    return new PackedSource(in);
  }

  private static final class Packed implements Sink {
    private final MessagePacker packer;

    Packed(OutputStream out) {
      this.packer = MessagePack.newDefaultPacker(out);
    }

    @Override
    public void write(TransferItem item) throws IOException {
      PackedValues.write(packer, Fields.of(item));
    }

    @Override
    public void close() throws IOException {
      packer.flush();
    }
  }

  private static final class PackedSource implements Source {
    private final MessageUnpacker unpacker;
    private long items;

    PackedSource(InputStream in) {
      this.unpacker =
          new MessagePack.UnpackerConfig()
              .withStringSizeLimit((int) Limits.MAX_IMPORTED_ITEM_BYTES)
              .newUnpacker(in);
    }

    @Override
    public @Nullable TransferItem next() throws IOException {
      items++;
      try {
        return unpacker.hasNext() ? Fields.item(PackedValues.read(unpacker)) : null;
      } catch (MessagePackException e) {
        throw failure("it is not MessagePack, or cut short");
      } catch (InvalidInputException e) {
        throw failure(String.valueOf(e.getMessage()));
      }
    }

    private InvalidInputException failure(String why) {
      return new InvalidInputException("cannot read the import: item=" + items + ": " + why);
    }

    @Override
    public void close() {}
  }
}
