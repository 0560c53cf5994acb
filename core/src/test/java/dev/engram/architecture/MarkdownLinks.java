package dev.engram.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Finds relative links of Markdown files that lead nowhere: no such file or no such heading. */
final class MarkdownLinks {
  private static final Pattern CODE = Pattern.compile("(?ms)^ *```.*?^ *```|`[^`\n]*`");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)[^)]*\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.*?) *#*$");
  private static final Pattern REMOTE = Pattern.compile("^[a-z]+:.*");

  private MarkdownLinks() {}

  static List<String> dead(Path root, List<Path> documents) throws IOException {
    List<String> dead = new ArrayList<>();
    for (Path document : documents) {
      String text = CODE.matcher(Files.readString(document)).replaceAll("");
      Matcher links = LINK.matcher(text);
      while (links.find()) {
        String link = links.group(1);
        if (!REMOTE.matcher(link).matches() && !leadsSomewhere(document, link)) {
          dead.add(root.relativize(document) + " links to " + link);
        }
      }
    }
    return dead;
  }

  private static boolean leadsSomewhere(Path document, String link) throws IOException {
    int hash = link.indexOf('#');
    String file = hash < 0 ? link : link.substring(0, hash);
    Path target = file.isEmpty() ? document : document.resolveSibling(file);
    if (!Files.exists(target)) {
      return false;
    }
    return hash < 0
        || !target.toString().endsWith(".md")
        || anchors(Files.readString(target)).contains(link.substring(hash + 1));
  }

  private static Set<String> anchors(String text) {
    return HEADING
        .matcher(text)
        .results()
        .map(heading -> anchor(heading.group(1)))
        .collect(Collectors.toSet());
  }

  private static String anchor(String heading) {
    return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-');
  }
}
