package dev.engram.internal.transfer;

import dev.engram.InvalidInputException;
import dev.engram.NotFoundException;
import dev.engram.spi.Codec;
import dev.engram.spi.Match;
import dev.engram.spi.TransferFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The forms and compressions that are there: the core's own, and those of other modules. */
final class Forms {
  private final List<TransferFormat> formats;
  private final List<Codec> codecs;

  private Forms(List<TransferFormat> formats, List<Codec> codecs) {
    this.formats = formats;
    this.codecs = codecs;
  }

  static Forms load() {
    List<TransferFormat> formats =
        new ArrayList<>(List.of(new NpyFormat(), new GraphMlFormat(), new FvecsFormat()));
    List<Codec> codecs = new ArrayList<>(List.of(new GzipCodec()));
    ServiceLoader.load(TransferFormat.class).forEach(formats::add);
    ServiceLoader.load(Codec.class).forEach(codecs::add);
    return new Forms(List.copyOf(formats), List.copyOf(codecs));
  }

  List<String> formatNames() {
    return names(formats, TransferFormat::name);
  }

  List<String> codecNames() {
    return names(codecs, Codec::name);
  }

  TransferFormat format(String name) {
    return named("form", name, formats, TransferFormat::name);
  }

  Codec codec(String name) {
    return named("compression", name, codecs, Codec::name);
  }

  /** The form of a file that begins so; null where none is like it. */
  @Nullable TransferFormat formatOf(byte[] beginning) {
    TransferFormat maybe = null;
    for (TransferFormat each : formats) {
      Match match = each.match(beginning);
      if (match == Match.YES) {
        return each;
      }
      maybe = match == Match.MAYBE && maybe == null ? each : maybe;
    }
    return maybe;
  }

  /** The compressions of a file that begins so, as sure as they are asked to be. */
  List<Codec> codecsOf(byte[] beginning, Match match) {
    return codecs.stream().filter(each -> each.match(beginning) == match).toList();
  }

  InvalidInputException unknown() {
    return new InvalidInputException(
        "cannot read the import: its form is not known by how it begins; forms="
            + formatNames()
            + ", compressions="
            + codecNames()
            + "; say which form it is, or add the module that reads it");
  }

  private static <T> T named(String what, String name, List<T> all, Function<T, String> nameOf) {
    for (T each : all) {
      if (nameOf.apply(each).equals(name)) {
        return each;
      }
    }
    throw new NotFoundException(
        what
            + " not found: name="
            + name
            + ", known="
            + names(all, nameOf)
            + "; use a known one, or add the module 'formats'");
  }

  private static <T> List<String> names(List<T> all, Function<T, String> nameOf) {
    return all.stream().map(nameOf).sorted().toList();
  }
}
