package io.gat.policy.verify.diff;

import io.gat.policy.TimeWindow;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The times of a week, by a zone's clock on the wall, in which a window is open. */
final class WeekTime {
  private static final long DAY = Duration.ofDays(1).toNanos();
  private static final long WEEK = 7 * DAY;

  private final List<Span> spans;

  private WeekTime(List<Span> spans) {
    this.spans = spans;
  }

  /** From one moment of the week to another, which is not in it, in nanoseconds. */
  private record Span(long from, long to) {}

  static WeekTime of(TimeWindow window) {
    List<Span> spans = new ArrayList<>();
    for (DayOfWeek day : window.days()) {
      long midnight = (day.getValue() - 1) * DAY;
      long from = midnight + window.from().toNanoOfDay();
      long to = midnight + window.to().toNanoOfDay();
      if (!window.to().isAfter(window.from()) || window.to().equals(LocalTime.MIDNIGHT)) {
        to += DAY;
      }
      spans.add(new Span(from, Math.min(to, WEEK)));
      if (to > WEEK) {
        spans.add(new Span(0, to - WEEK));
      }
    }
    return new WeekTime(merged(spans));
  }

  private static List<Span> merged(List<Span> spans) {
    List<Span> merged = new ArrayList<>();
    for (Span span : spans.stream().sorted(Comparator.comparingLong(Span::from)).toList()) {
      if (!merged.isEmpty() && span.from <= merged.getLast().to) {
        Span last = merged.removeLast();
        merged.add(new Span(last.from, Math.max(last.to, span.to)));
      } else {
        merged.add(span);
      }
    }
    return merged;
  }

  /** True where it is open whenever the other one is. */
  boolean covers(WeekTime other) {
    return other.spans.stream()
        .allMatch(o -> spans.stream().anyMatch(s -> s.from <= o.from && s.to >= o.to));
  }
}
