package dev.engram.cli;

import dev.engram.Quantization;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How quantizations are written on the command line: 2, 4, 8 or none. */
final class QuantizationBits implements ITypeConverter<Quantization> {
  @Override
  public Quantization convert(String value) {
    return Arrays.stream(Quantization.values())
        .filter(known -> name(known).equals(value.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () -> new TypeConversionException("'" + value + "' is not one of 2, 4, 8, none"));
  }

  static String name(Quantization quantization) {
    return quantization == Quantization.NONE ? "none" : Integer.toString(quantization.bits());
  }
}
