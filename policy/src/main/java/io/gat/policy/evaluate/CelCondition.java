package io.gat.policy.evaluate;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelVariableResolver;
import io.gat.policy.AccessRequest;
import io.gat.policy.Condition;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A condition in CEL. Every variable is a qualified name ({@code token.subject}) that is looked up
 * only when the expression gets there, so a condition pays just for what it reads.
 */
public final class CelCondition implements Condition {
  /** What {@code path.} variables start with. */
  public static final String PATH = "path.";

  private static final Set<String> HIDDEN_HEADERS =
      Set.of("authorization", "txn-token", "cookie", "proxy-authorization");
  private static final int MAX_QUERY_KEYS = 100;

  private final String source;
  private final CelRuntime.Program program;

  public CelCondition(String source, CelRuntime.Program program) {
    this.source = Objects.requireNonNull(source);
    this.program = Objects.requireNonNull(program);
  }

  @Override
  public String source() {
    return source;
  }

  @Override
  public boolean holds(Input input) {
    try {
      return Boolean.TRUE.equals(program.eval((CelVariableResolver) name -> find(name, input)));
    } catch (CelEvaluationException | RuntimeException e) {
      // Whatever a caller's claims or headers do to an expression, they do not make it true.
      return false;
    }
  }

  private static Optional<Object> find(String name, Input input) {
    return switch (name) {
      case "token.issuer" -> Optional.of(input.token().issuer());
      case "token.subject" -> Optional.of(input.token().subject());
      case "token.client" -> Optional.of(input.token().client());
      case "token.audiences" -> Optional.of(input.token().audiences());
      case "token.scopes" -> Optional.of(List.copyOf(input.token().scopes()));
      case "token.claims" -> Optional.of(input.token().claims());
      case "token.issued_at" -> Optional.of(input.token().issuedAt());
      case "token.expires_at" -> Optional.of(input.token().expiresAt());
      case "request.method" -> Optional.of(input.request().method());
      case "request.host" -> Optional.of(input.request().host());
      case "request.path" -> Optional.of(input.request().rawPath());
      case "request.query" -> Optional.of(query(input.request().rawQuery()));
      case "request.headers" -> Optional.of(headers(input.request()));
      case "source.principal" -> Optional.of(input.request().sourcePrincipal());
      case "source.address" -> Optional.of(input.request().sourceAddress());
      case "destination.principal" -> Optional.of(input.request().destinationPrincipal());
      case "request.extensions" -> Optional.of(input.request().contextExtensions());
      case "now" -> Optional.of(input.now());
      default ->
          name.startsWith(PATH)
              ? Optional.ofNullable(input.path().get(name.substring(PATH.length())))
              : Optional.empty();
    };
  }

  /** Decoded names and values; what cannot be decoded is left out. */
  private static Map<String, List<String>> query(String raw) {
    Map<String, List<String>> query = new LinkedHashMap<>();
    if (raw.isEmpty()) {
      return query;
    }
    for (String pair : raw.split("&", MAX_QUERY_KEYS)) {
      int equals = pair.indexOf('=');
      Optional<String> name = decoded(equals < 0 ? pair : pair.substring(0, equals));
      Optional<String> value = decoded(equals < 0 ? "" : pair.substring(equals + 1));
      if (name.isPresent() && value.isPresent()) {
        query.computeIfAbsent(name.get(), n -> new ArrayList<>(1)).add(value.get());
      }
    }
    return query;
  }

  private static Optional<String> decoded(String text) {
    try {
      return Optional.of(URLDecoder.decode(text, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** One value a name; a header that came several times is joined, as HTTP has it. */
  private static Map<String, String> headers(AccessRequest request) {
    Map<String, String> headers = new HashMap<>();
    request
        .headers()
        .forEach(
            (name, values) -> {
              if (!HIDDEN_HEADERS.contains(name)) {
                headers.put(name, String.join(",", values));
              }
            });
    return headers;
  }
}
