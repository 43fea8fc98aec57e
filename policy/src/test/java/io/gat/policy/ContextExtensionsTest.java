package io.gat.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContextExtensionsTest {
  private static AccessRequest request(String name, String value) {
    return AccessRequest.builder().contextExtensions(Map.of(name, value)).build();
  }

  @Test
  void readsScopesInTheirOrder() {
    AccessRequest request = request("gat.scopes", "orders:write orders:read orders:write");

    assertEquals(List.of("orders:write", "orders:read"), List.copyOf(request.addedScopes()));
    assertEquals(Optional.empty(), request.ambiguity());
  }

  @Test
  void leavesAloneWhatIsNotGats() {
    AccessRequest request = request("gateway", "\u00e9");

    assertTrue(request.addedScopes().isEmpty());
    assertEquals(Optional.empty(), request.ambiguity());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", " ", "a ", " a", "a  b", "a,\tb", "a\nb", "\"a\"", "a\\b", "\u00e9", "a\u0000"
      })
  void scopesThatCannotBeReadAreAmbiguous(String value) {
    AccessRequest request = request("gat.scopes", value);

    assertEquals(Optional.of(Ambiguity.CONTEXT_EXTENSION), request.ambiguity());
  }

  @ParameterizedTest
  @CsvSource({"gat.service,''", "gat.scope,a", "gat.,a", "gat.Scopes,a", "gat.public,true"})
  void wordsThatNobodyKnowsAreAmbiguous(String name, String value) {
    assertEquals(Optional.of(Ambiguity.CONTEXT_EXTENSION), request(name, value).ambiguity());
  }

  @Test
  void firstAmbiguityStays() {
    AccessRequest request =
        AccessRequest.builder()
            .ambiguous(Ambiguity.HOST)
            .contextExtensions(Map.of("gat.scopes", ""))
            .build();

    assertEquals(Optional.of(Ambiguity.HOST), request.ambiguity());
  }
}
