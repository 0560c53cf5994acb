package dev.engram.cli;

import dev.engram.NearDuplicates.Action;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What is done with near duplicates, as it is written on the command line: in small letters. */
final class NearDuplicateAction implements ITypeConverter<Action> {
  @Override
  public Action convert(String value) {
    return Arrays.stream(Action.values())
        .filter(known -> known.name().toLowerCase(Locale.ROOT).equals(value))
        .findFirst()
        .orElseThrow(() ->
            new TypeConversionException("'" + value + "' is not one of keep, reinforce, link"));
  }
}
