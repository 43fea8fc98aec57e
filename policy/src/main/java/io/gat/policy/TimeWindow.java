package io.gat.policy;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Objects;
import java.util.Set;

/**
 * When a rule holds, by the clock on the wall of a time zone: on these days, in [from, to). Where
 * {@code to} is not later than {@code from}, the window ends on the next day, and belongs to the
 * day on which it began.
 *
 * <p>The clock is the zone's with its summer time: an hour that it skips is never in a window, one
 * that it shows twice is in it both times.
 *
 * @param days at least one
 * @param to exclusive; midnight is the day's end
 */
public record TimeWindow(Set<DayOfWeek> days, LocalTime from, LocalTime to, ZoneId zone) {
  public TimeWindow {
    days = Set.copyOf(days);
    Objects.requireNonNull(from);
    Objects.requireNonNull(to);
    Objects.requireNonNull(zone);
    if (days.isEmpty()) {
      throw new IllegalArgumentException("a window has a day");
    }
    if (from.equals(to) && !from.equals(LocalTime.MIDNIGHT)) {
      throw new IllegalArgumentException("a window is longer than nothing");
    }
  }

  /** True where the window is open at this time. */
  public boolean contains(Instant now) {
    ZonedDateTime local = now.atZone(zone);
    LocalTime time = local.toLocalTime();
    DayOfWeek day = local.getDayOfWeek();
    if (to.equals(LocalTime.MIDNIGHT)) {
      return !time.isBefore(from) && days.contains(day);
    }
    if (from.isBefore(to)) {
      return !time.isBefore(from) && time.isBefore(to) && days.contains(day);
    }
    return time.isBefore(to)
        ? days.contains(day.minus(1))
        : !time.isBefore(from) && days.contains(day);
  }
}
