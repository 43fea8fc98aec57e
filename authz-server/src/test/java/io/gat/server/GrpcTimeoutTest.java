package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GrpcTimeoutTest {
  static Stream<Arguments> known() {
    return Stream.of(
        Arguments.of("1H", Duration.ofHours(1)),
        Arguments.of("2M", Duration.ofMinutes(2)),
        Arguments.of("3S", Duration.ofSeconds(3)),
        Arguments.of("250m", Duration.ofMillis(250)),
        Arguments.of("99999999u", Duration.ofNanos(99_999_999_000L)),
        Arguments.of("7n", Duration.ofNanos(7)),
        Arguments.of("0S", Duration.ZERO),
        Arguments.of("00000001S", Duration.ofSeconds(1)),
        Arguments.of("99999999H", Duration.ofHours(99_999_999)));
  }

  @ParameterizedTest
  @MethodSource("known")
  void readsAmountAndUnit(String value, Duration patience) {
    assertEquals(new GrpcTimeout.Of(patience), GrpcTimeout.parse(value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "S",
        "1",
        "1s",
        "1h",
        "123456789S",
        "-1S",
        "+1S",
        " 1S",
        "1S ",
        "1 S",
        "1.5S",
        "1e3m",
        "٣S",
        "1ms",
        "1U",
        "0x1S",
        "1S,1S"
      })
  void refusesWhatTheSpecificationDoesNotKnow(String value) {
    assertEquals(new GrpcTimeout.Malformed(), GrpcTimeout.parse(value));
  }
}
