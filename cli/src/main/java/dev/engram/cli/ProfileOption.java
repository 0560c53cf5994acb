package dev.engram.cli;

import dev.engram.RecallProfile;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the name of a recall profile. Stateless. */
final class ProfileOption implements ITypeConverter<RecallProfile> {
  @Override
  public RecallProfile convert(String value) {
    return switch (value) {
      case "conversation" -> RecallProfile.CONVERSATION;
      case "notes" -> RecallProfile.NOTES;
      default ->
          throw new TypeConversionException("'" + value + "' is not known: conversation or notes");
    };
  }
}
