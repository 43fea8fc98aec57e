package io.gat.policy.evaluate;

import io.gat.policy.AccessRequest;
import io.gat.policy.TokenFacts;
import java.util.AbstractMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A record's fields as the map that CEL reads, each computed when it is asked for: a condition pays
 * only for what it reads.
 */
final class Facts<T> extends AbstractMap<String, Object> {
  /** Headers that hold a credential: no condition may read them. */
  private static final Set<String> HIDDEN =
      Set.of("authorization", "proxy-authorization", "txn-token", "cookie");

  private static final Map<String, Function<TokenFacts, Object>> TOKEN =
      Map.of(
          "issuer", TokenFacts::issuer,
          "subject", TokenFacts::subject,
          "client", TokenFacts::client,
          "audiences", TokenFacts::audiences,
          "scopes", token -> List.copyOf(token.scopes()),
          "claims", TokenFacts::claims,
          "issued_at", TokenFacts::issuedAt,
          "expires_at", TokenFacts::expiresAt);

  private static final Map<String, Function<AccessRequest, Object>> REQUEST =
      Map.of(
          "method", AccessRequest::method,
          "host", AccessRequest::host,
          "path", AccessRequest::rawPath,
          "query", request -> QueryReader.read(request.rawQuery()),
          "headers", Facts::headers,
          "source_principal", AccessRequest::sourcePrincipal,
          "destination_principal", AccessRequest::destinationPrincipal,
          "source_address", AccessRequest::sourceAddress,
          "context_extensions", AccessRequest::contextExtensions);

  private final T of;
  private final Map<String, Function<T, Object>> fields;

  private Facts(T of, Map<String, Function<T, Object>> fields) {
    this.of = of;
    this.fields = fields;
  }

  static Map<String, Object> of(TokenFacts token) {
    return new Facts<>(token, TOKEN);
  }

  static Map<String, Object> of(AccessRequest request) {
    return new Facts<>(request, REQUEST);
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return key != null && fields.containsKey(key);
  }

  @Override
  public @Nullable Object get(@Nullable Object key) {
    Function<T, Object> field = key == null ? null : fields.get(key);
    return field == null ? null : field.apply(of);
  }

  @Override
  public Set<Entry<String, Object>> entrySet() {
    Map<String, Object> all = new LinkedHashMap<>();
    fields.forEach((name, field) -> all.put(name, field.apply(of)));
    return all.entrySet();
  }

  // The map goes out only in what CEL itself says, and that must hold no claim and no header.
  @Override
  public String toString() {
    return "Facts" + fields.keySet();
  }

  private static Map<String, String> headers(AccessRequest request) {
    Map<String, String> first = new LinkedHashMap<>();
    request
        .headers()
        .forEach(
            (name, values) -> {
              if (!HIDDEN.contains(name) && !values.isEmpty()) {
                first.put(name, Objects.requireNonNull(values.getFirst()));
              }
            });
    return first;
  }
}
