package dev.engram.cli;

import dev.engram.Recall.Arm;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the name of an arm of recall, as explanations print it. Stateless. */
final class ArmOption implements ITypeConverter<Arm> {
  @Override
  public Arm convert(String value) {
    return Stream.of(Arm.values())
        .filter(arm -> name(arm).equals(value))
        .findFirst()
        .orElseThrow(() ->
            new TypeConversionException(
                "there is no such arm: arm="
                    + value
                    + ", known="
                    + Stream.of(Arm.values())
                        .map(ArmOption::name)
                        .collect(Collectors.joining(","))));
  }

  private static String name(Arm arm) {
    return arm.name().toLowerCase(Locale.ROOT);
  }
}
