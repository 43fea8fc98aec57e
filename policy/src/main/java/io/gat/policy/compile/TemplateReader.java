package io.gat.policy.compile;

import io.gat.policy.CanonicalPath;
import io.gat.policy.evaluate.PathTemplate;
import io.gat.policy.evaluate.PathTemplate.Part;
import io.gat.policy.parse.CelWords;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads path templates. */
final class TemplateReader {
  private static final int MAX_SEGMENTS = 100;
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");
  // CEL would read `path.in` as its own word.

  private final Problems problems;

  TemplateReader(Problems problems) {
    this.problems = problems;
  }

  Optional<PathTemplate> read(YamlNode.Scalar node) {
    int before = problems.count();
    String text = node.text();
    if (text.length() > CanonicalPath.MAX_LENGTH) {
      return refuse(ProblemId.BAD_PATH, node, "the path is longer than 8 KiB", "shorten it");
    }
    if (!text.startsWith("/")) {
      return refuse(
          ProblemId.BAD_PATH, node, "the path must start with a slash", "write \"/" + text + "\"");
    }
    String[] segments = text.substring(1).split("/", -1);
    if (segments.length > MAX_SEGMENTS) {
      return refuse(
          ProblemId.BAD_PATH,
          node,
          "the path has more than " + MAX_SEGMENTS + " segments",
          "end it with {rest=**}");
    }
    List<Part> parts = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < segments.length; i++) {
      part(node, segments[i], i == segments.length - 1, names).ifPresent(parts::add);
    }
    return problems.count() == before
        ? Optional.of(new PathTemplate(text, parts))
        : Optional.empty();
  }

  private Optional<Part> part(
      YamlNode.Scalar node, String segment, boolean last, Set<String> names) {
    if (segment.startsWith("{") && segment.endsWith("}") && segment.length() > 1) {
      return variable(node, segment.substring(1, segment.length() - 1), last, names);
    }
    if (segment.isEmpty()) {
      return last
          ? Optional.of(new Part.Literal(""))
          : refuse(
              ProblemId.BAD_PATH, node, "the path has an empty segment", "remove the second slash");
    }
    if (segment.indexOf('{') >= 0 || segment.indexOf('}') >= 0) {
      return refuse(
          ProblemId.BAD_VARIABLE,
          node,
          "a variable must be a whole segment, not part of `" + segment + "`",
          "write /{name}/, or take the segment apart in `when`");
    }
    if (segment.indexOf('*') >= 0) {
      return refuse(
          ProblemId.BAD_PATH,
          node,
          "`*` is not a wildcard here",
          "write {name} for one segment, {name=**} at the end for any number");
    }
    if (segment.equals(".") || segment.equals("..")) {
      return refuse(
          ProblemId.BAD_PATH,
          node,
          "the path has a dot segment",
          "write the path that it leads to");
    }
    for (int i = 0; i < segment.length(); i++) {
      char c = segment.charAt(i);
      if (c == '%') {
        return refuse(
            ProblemId.BAD_PATH,
            node,
            "a path is written decoded, without `%`",
            "write the character itself");
      }
      if (c == '?' || c == '#' || c == ';' || c == '\\') {
        return refuse(
            ProblemId.BAD_PATH,
            node,
            "the path has a `" + c + "`",
            c == '?' ? "read `request.query` in `when`" : "no request with it is ever clear");
      }
      if (Character.isISOControl(c)) {
        return refuse(ProblemId.BAD_PATH, node, "the path has a control character", "remove it");
      }
      if (Character.isSurrogate(c) && !isPairAt(segment, i)) {
        return refuse(ProblemId.BAD_PATH, node, "the path has half a character", "remove it");
      }
    }
    return Optional.of(new Part.Literal(segment));
  }

  private static boolean isPairAt(String text, int i) {
    return Character.isHighSurrogate(text.charAt(i))
        ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
        : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
  }

  private Optional<Part> variable(
      YamlNode.Scalar node, String inside, boolean last, Set<String> names) {
    boolean rest = inside.endsWith("=**");
    String name = rest ? inside.substring(0, inside.length() - 3) : inside;
    if (!VARIABLE.matcher(name).matches() || CelWords.RESERVED.contains(name)) {
      return refuse(
          ProblemId.BAD_VARIABLE,
          node,
          "`{" + inside + "}` is not a variable",
          "write {name} or {name=**}, the name of letters, digits and _ and no word of CEL");
    }
    if (!names.add(name)) {
      return refuse(
          ProblemId.BAD_VARIABLE,
          node,
          "the variable `" + name + "` stands twice",
          "rename one of them");
    }
    if (rest && !last) {
      return refuse(
          ProblemId.BAD_VARIABLE,
          node,
          "`{" + inside + "}` must be the last segment",
          "end the path with it");
    }
    return Optional.of(rest ? new Part.Rest(name) : new Part.Single(name));
  }

  private <T> Optional<T> refuse(ProblemId id, YamlNode node, String message, String remedy) {
    problems.add(id, node, message, remedy);
    return Optional.empty();
  }
}
