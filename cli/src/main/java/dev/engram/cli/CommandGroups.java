package dev.engram.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Lists the commands in groups, each with the beginning of what it does. Stateless. */
final class CommandGroups implements IHelpSectionRenderer {
  private static final int NAME = 15;
  private static final Map<String, List<String>> GROUPS = groups();

  private static Map<String, List<String>> groups() {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    groups.put(
        "Learn and recall",
        List.of("learn", "recall", "feedback", "get", "history", "show", "forget"));
    groups.put(
        "Associate",
        List.of("associate", "neighbours", "activate", "paths", "hebbian", "compete", "interfere"));
    groups.put(
        "Let a memory live",
        List.of(
            "access",
            "pin",
            "importance",
            "working",
            "sleep",
            "consolidate",
            "reconsolidate",
            "dynamics",
            "forgettings",
            "undo",
            "merge",
            "supersede",
            "end",
            "audit"));
    groups.put("Collections", List.of("search", "collections", "rename", "drop"));
    return groups;
  }

  @Override
  public String render(Help help) {
    Map<String, Help> left = new LinkedHashMap<>();
    help.subcommands().values().forEach(each -> left.put(each.commandSpec().name(), each));
    StringBuilder out = new StringBuilder();
    GROUPS.forEach((title, names) -> {
      out.append(title).append(":\n");
      names.forEach(name -> append(out, name, left.remove(name)));
    });
    out.append("The store:\n");
    left.forEach((name, command) -> append(out, name, command));
    return out.toString();
  }

  private static void append(StringBuilder out, String name, @Nullable Help command) {
    if (command == null) {
      throw new IllegalStateException("no such command: " + name);
    }
    String[] description = command.commandSpec().usageMessage().description();
    String first = description.length == 0 ? "" : description[0];
    out.append("  ").append(name).append(" ".repeat(Math.max(1, NAME - name.length())));
    out.append(MemoryLines.shortened(first, 100 - NAME - 2)).append('\n');
  }

  /** Where the list of commands stood. */
  static void install(CommandLine root) {
    Map<String, IHelpSectionRenderer> sections = new LinkedHashMap<>(root.getHelpSectionMap());
    sections.put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING, _ -> "%n".formatted());
    sections.put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, new CommandGroups());
    UsageMessageSpec usage = root.getCommandSpec().usageMessage();
    UsageMessageSpec _ = usage.sectionMap(sections);
  }
}
