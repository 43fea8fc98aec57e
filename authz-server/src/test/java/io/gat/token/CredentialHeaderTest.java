package io.gat.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.gat.token.CredentialHeader.Found;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class CredentialHeaderTest {
  private static final Found NOTHING = new Found.Nothing();
  private static final Found SEVERAL = new Found.Several();
  private static final Found UNREADABLE = new Found.Unreadable();
  private static final Found TOKEN = new Found.Token("a.b.c");

  static Stream<Arguments> authorizations() {
    return Stream.of(
        Arguments.of("", NOTHING),
        Arguments.of("   ", NOTHING),
        Arguments.of("Bearer a.b.c", TOKEN),
        Arguments.of("bearer a.b.c", TOKEN),
        Arguments.of("BEARER a.b.c", TOKEN),
        Arguments.of("bEaReR a.b.c", TOKEN),
        Arguments.of("DPoP a.b.c", TOKEN),
        Arguments.of("dpop a.b.c", TOKEN),
        Arguments.of("Bearer   a.b.c", TOKEN),
        Arguments.of("Bearer\ta.b.c", TOKEN),
        Arguments.of("  Bearer a.b.c  ", TOKEN),
        Arguments.of("Bearer", NOTHING),
        Arguments.of("Bearer ", NOTHING),
        Arguments.of("Bearera.b.c", NOTHING),
        Arguments.of("Bearer:a.b.c", NOTHING),
        Arguments.of("a.b.c", NOTHING),
        Arguments.of("Basic YTpi", NOTHING),
        Arguments.of("Basic YTpi, Basic YTpj", NOTHING),
        Arguments.of("Digest username=\"a\", realm=\"b\"", NOTHING),
        Arguments.of("Basic YTpi, Bearer a.b.c", SEVERAL),
        Arguments.of("Basic YTpi,bearer a.b.c", SEVERAL),
        Arguments.of("Basic YTpi,,dpop a.b.c", SEVERAL),
        Arguments.of("Bearer a.b.c, Basic YTpi", SEVERAL),
        Arguments.of("Bearer a.b.c,Bearer a.b.c", SEVERAL),
        Arguments.of("Bearer a.b.c, DPoP d.e.f", SEVERAL),
        Arguments.of("Bearer a.b.c d.e.f", SEVERAL),
        Arguments.of("Bearer Bearer a.b.c", SEVERAL),
        Arguments.of("Bearer a.b.c,", SEVERAL),
        Arguments.of("Bearer ,a.b.c", SEVERAL),
        Arguments.of("Bearer a.b.c\u0000", UNREADABLE),
        Arguments.of("Bearer a\u00e9.b.c", UNREADABLE),
        Arguments.of("Bearer a.b.c\u007f", UNREADABLE),
        Arguments.of("Bearer a.b\r\n.c", UNREADABLE));
  }

  @ParameterizedTest
  @MethodSource("authorizations")
  void readsAuthorization(String value, Found found) {
    assertEquals(found, CredentialHeader.read(Place.AUTHORIZATION, List.of(value)));
  }

  static Stream<Arguments> transactionTokens() {
    return Stream.of(
        Arguments.of("", NOTHING),
        Arguments.of("a.b.c", TOKEN),
        Arguments.of(" a.b.c ", TOKEN),
        Arguments.of("Bearer a.b.c", SEVERAL),
        Arguments.of("a.b.c,a.b.c", SEVERAL),
        Arguments.of("a.b.c, d.e.f", SEVERAL),
        Arguments.of("a.b.c\u0001", UNREADABLE));
  }

  @ParameterizedTest
  @MethodSource("transactionTokens")
  void readsTransactionToken(String value, Found found) {
    assertEquals(found, CredentialHeader.read(Place.TXN_TOKEN, List.of(value)));
  }

  @Test
  void neverChoosesAmongRepeatedHeaders() {
    for (Place place : Place.values()) {
      assertEquals(NOTHING, CredentialHeader.read(place, List.of()));
      assertEquals(SEVERAL, CredentialHeader.read(place, List.of("Bearer a.b.c", "Bearer a.b.c")));
      assertEquals(SEVERAL, CredentialHeader.read(place, List.of("Bearer a.b.c", "")));
      assertEquals(SEVERAL, CredentialHeader.read(place, List.of("Basic YTpi", "Bearer a.b.c")));
    }
  }

  @Test
  void neverShowsTheToken() {
    assertFalse(new Found.Token("a.b.c").toString().contains("a.b.c"));
  }
}
