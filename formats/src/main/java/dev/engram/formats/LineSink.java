package dev.engram.formats;

import dev.engram.spi.TransferFormat;
import dev.engram.spi.TransferItem;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;

/** Writes an object a line. */
final class LineSink implements TransferFormat.Sink {
  private final JsonGenerator json;
  private final Function<TransferItem, Optional<Map<String, Object>>> line;
  private boolean any;

  /**
   * @param line the values of an item's line; empty for none
   */
  LineSink(OutputStream out, Function<TransferItem, Optional<Map<String, Object>>> line) {
    this.json = JsonText.generator(out);
    this.line = line;
  }

  @Override
  public void write(TransferItem item) {
    line.apply(item)
        .ifPresent(values -> {
          JsonText.write(json, values);
          any = true;
        });
  }

  @Override
  public void close() {
    if (any) {
      json.writeRaw('\n');
    }
    json.close();
  }
}
