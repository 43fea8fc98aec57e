package io.gat.policy.compile;

import io.gat.policy.TimeWindow;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Spelling;
import io.gat.policy.parse.YamlNode;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads {@code during:}, a {@link TimeWindow}. */
final class WindowReader {
  static final List<String> KEYS = List.of("days", "from", "to", "zone");

  private static final List<String> DAYS =
      Stream.of(DayOfWeek.values())
          .map(day -> day.name().substring(0, 3).toLowerCase(Locale.ROOT))
          .toList();
  private static final Pattern TIME = Pattern.compile("([01][0-9]|2[0-3]):[0-5][0-9]");
  private static final String END_OF_DAY = "24:00";

  private final Problems problems;

  WindowReader(Problems problems) {
    this.problems = problems;
  }

  Optional<TimeWindow> read(Section section) {
    int before = problems.count();
    if (!section.has("days") && !section.has("from") && !section.has("to")) {
      problems.add(
          ProblemId.BAD_WINDOW,
          section.node(),
          "says nothing",
          "add `days: [mon, tue]`, or `from: \"08:00\"` and `to: \"18:00\"`");
    }
    Set<DayOfWeek> days = days(section);
    Optional<YamlNode.Scalar> from = section.text("from");
    Optional<YamlNode.Scalar> to = section.text("to");
    LocalTime opens = from.map(node -> time(node, false)).orElse(LocalTime.MIDNIGHT);
    LocalTime closes = to.map(node -> time(node, true)).orElse(LocalTime.MIDNIGHT);
    ZoneId zone = zone(section);
    if (problems.count() == before
        && to.isPresent()
        && opens.equals(closes)
        && !to.get().text().equals(END_OF_DAY)) {
      problems.add(
          ProblemId.BAD_WINDOW,
          to.get(),
          "the window from " + opens + " to " + closes + " is empty",
          "leave both out for the whole day");
    }
    return problems.count() == before
        ? Optional.of(new TimeWindow(days, opens, closes, zone))
        : Optional.empty();
  }

  private Set<DayOfWeek> days(Section section) {
    Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    for (YamlNode.Scalar node : section.texts("days")) {
      int day = DAYS.indexOf(node.text().toLowerCase(Locale.ROOT));
      if (day >= 0) {
        days.add(DayOfWeek.of(day + 1));
      } else {
        problems.add(
            ProblemId.BAD_WINDOW,
            node,
            node.described() + " is not a day",
            Spelling.remedy(node.text(), DAYS));
      }
    }
    return section.has("days") ? days : EnumSet.allOf(DayOfWeek.class);
  }

  private LocalTime time(YamlNode.Scalar node, boolean end) {
    if (end && node.text().equals(END_OF_DAY)) {
      return LocalTime.MIDNIGHT;
    }
    if (!TIME.matcher(node.text()).matches()) {
      problems.add(
          ProblemId.BAD_WINDOW,
          node,
          node.described() + " is not a time of day",
          "write hours and minutes, such as \"08:00\"" + (end ? " or \"24:00\"" : ""));
      return LocalTime.MIDNIGHT;
    }
    return LocalTime.parse(node.text());
  }

  private ZoneId zone(Section section) {
    Optional<YamlNode.Scalar> zone = section.text("zone");
    if (zone.isEmpty()) {
      return ZoneOffset.UTC;
    }
    String name = zone.get().text();
    Set<String> known = ZoneId.getAvailableZoneIds();
    if (known.contains(name)) {
      return ZoneId.of(name);
    }
    problems.add(
        ProblemId.BAD_WINDOW,
        zone.get(),
        "there is no time zone `" + name + "`",
        Spelling.nearest(name, known)
            .map(near -> "did you mean `" + near + "`?")
            .orElse("write a name of the tz database, such as Europe/Berlin or UTC"));
    return ZoneOffset.UTC;
  }
}
