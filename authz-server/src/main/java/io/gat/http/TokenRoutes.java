package io.gat.http;

import io.gat.issue.grant.Introspection;
import io.gat.issue.grant.Reply;
import io.gat.issue.grant.TokenCall;
import io.gat.issue.grant.TokenEndpoint;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * {@code POST /oauth2/token} (RFC 6749, section 3.2) and {@code POST /oauth2/introspect} (RFC
 * 7662).
 */
public final class TokenRoutes implements Consumer<HttpRouting.Builder> {
  private static final Logger LOG = System.getLogger(TokenRoutes.class.getName());

  private final String base;
  private final TokenEndpoint tokens;
  private final Introspection introspection;

  /**
   * The routes.
   *
   * @param base the path of the issuer's identifier, empty for none
   */
  public TokenRoutes(String base, TokenEndpoint tokens, Introspection introspection) {
    this.base = Objects.requireNonNull(base);
    this.tokens = Objects.requireNonNull(tokens);
    this.introspection = Objects.requireNonNull(introspection);
  }

  @Override
  public void accept(HttpRouting.Builder routing) {
    routing.post(base + "/oauth2/token", (request, response) -> token(request, response));
    routing.post(base + "/oauth2/introspect", (request, response) -> introspect(request, response));
  }

  private void token(ServerRequest request, ServerResponse response) {
    serve(
        request,
        response,
        call -> {
          Reply reply = tokens.answer(call);
          return () -> TokenCalls.answer(response, reply, call.requestId());
        });
  }

  private void introspect(ServerRequest request, ServerResponse response) {
    serve(
        request,
        response,
        call ->
            switch (introspection.answer(call)) {
              case Introspection.Answer.Told(String json) ->
                  () -> TokenCalls.send(response, 200, json);
              case Introspection.Answer.Not(Reply reply) ->
                  () -> TokenCalls.answer(response, reply, call.requestId());
            });
  }

  private static void serve(
      ServerRequest request, ServerResponse response, Function<TokenCall, Runnable> endpoint) {
    String requestId = AdminCallReader.requestId(request);
    switch (FormBody.read(request)) {
      case FormBody.Result.Unreadable problem ->
          TokenCalls.unreadable(response, problem, requestId);
      case FormBody.Result.Read(var parameters) -> {
        Runnable answer;
        try {
          answer = endpoint.apply(TokenCalls.of(request, parameters, requestId));
        } catch (RuntimeException e) {
          LOG.log(Level.ERROR, "a bug in the token endpoint; please report it", e);
          TokenCalls.failed(response, requestId);
          return;
        }
        answer.run();
      }
    }
  }
}
