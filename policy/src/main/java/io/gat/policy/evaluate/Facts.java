package io.gat.policy.evaluate;

import dev.cel.runtime.CelVariableResolver;
import io.gat.policy.AccessRequest;
import io.gat.policy.Condition;
import io.gat.policy.QueryReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What a condition may read, by CEL's names. Each field is a variable of its own with a dot in its
 * name, because CEL copies a whole map to read one entry of it: so a condition pays only for the
 * fields that it reads, and fails only by them.
 */
final class Facts implements CelVariableResolver {
  /** Headers that hold a credential: no condition may read them. */
  private static final Set<String> HIDDEN =
      Set.of("authorization", "proxy-authorization", "txn-token", "cookie");

  private static final Map<String, Function<Condition.Input, Object>> READERS =
      Map.ofEntries(
          Map.entry("token.issuer", in -> in.token().issuer()),
          Map.entry("token.subject", in -> in.token().subject()),
          Map.entry("token.client", in -> in.token().client()),
          Map.entry("token.audiences", in -> in.token().audiences()),
          Map.entry("token.scopes", in -> List.copyOf(in.token().scopes())),
          Map.entry("token.claims", in -> in.token().claims()),
          Map.entry("token.issued_at", in -> in.token().issuedAt()),
          Map.entry("token.expires_at", in -> in.token().expiresAt()),
          Map.entry("request.method", in -> in.request().method()),
          Map.entry("request.host", in -> in.request().host()),
          Map.entry("request.path", in -> in.canonicalPath()),
          Map.entry("request.query", in -> QueryReader.read(in.request().rawQuery())),
          Map.entry("request.headers", in -> headers(in.request())),
          Map.entry("request.source_principal", in -> in.request().sourcePrincipal()),
          Map.entry("request.destination_principal", in -> in.request().destinationPrincipal()),
          Map.entry("request.source_address", in -> in.request().sourceAddress()),
          Map.entry("request.context_extensions", in -> in.request().contextExtensions()),
          Map.entry("path", Condition.Input::path),
          Map.entry("now", Condition.Input::now));

  private final Condition.Input input;

  Facts(Condition.Input input) {
    this.input = input;
  }

  @Override
  public Optional<Object> find(String name) {
    return Optional.ofNullable(READERS.get(name)).map(reader -> reader.apply(input));
  }

  /**
   * A header that came several times is one value, joined as HTTP has it (RFC 9110, section 5.3),
   * however Envoy is told to send it: a condition that looked at one of them could be fooled.
   */
  private static Map<String, String> headers(AccessRequest request) {
    Map<String, String> joined = new LinkedHashMap<>();
    request
        .headers()
        .forEach(
            (name, values) -> {
              if (!HIDDEN.contains(name) && !values.isEmpty()) {
                joined.put(name, String.join(",", values));
              }
            });
    return joined;
  }
}
