package io.gat.cli;

import io.gat.policy.parse.TimeSpan;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A time on the command line: a span back from now, a day, or a moment. */
final class Times implements ITypeConverter<Instant> {
  private static final Pattern DAYS = Pattern.compile("([1-9][0-9]{0,4})d");

  private final InstantSource clock;

  Times() {
    this(InstantSource.system());
  }

  Times(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public Instant convert(String text) {
    Optional<Duration> span = span(text);
    if (span.isPresent()) {
      return clock.instant().minus(span.get());
    }
    try {
      return text.length() == 10
          ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
          : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw new TypeConversionException(
          "\""
              + text
              + "\" is no time; write 30m, 12h or 30d for so long ago, 2026-11-26, or"
              + " 2026-11-26T07:00:00Z");
    }
  }

  private static Optional<Duration> span(String text) {
    Matcher days = DAYS.matcher(text);
    return days.matches()
        ? Optional.of(Duration.ofDays(Long.parseLong(days.group(1))))
        : TimeSpan.of(text);
  }
}
