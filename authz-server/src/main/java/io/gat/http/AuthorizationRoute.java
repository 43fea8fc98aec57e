package io.gat.http;

import io.gat.call.Gatekeeper;
import io.gat.call.Header;
import io.gat.call.HeaderTable;
import io.gat.call.OriginalCallReader;
import io.gat.call.ProxyAnswer;
import io.gat.call.ProxyAnswers;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpPrologue;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Authorization for proxies that ask over plain HTTP, whatever method and path they ask with. It
 * reads no bodies.
 */
public final class AuthorizationRoute implements Consumer<HttpRouting.Builder> {
  private static final int USUAL_HEADERS = 16;

  private final Gatekeeper gatekeeper;
  private final OriginalCallReader calls;
  private final ProxyAnswers answers;

  public AuthorizationRoute(Gatekeeper gatekeeper, OriginalCallReader calls, ProxyAnswers answers) {
    this.gatekeeper = Objects.requireNonNull(gatekeeper);
    this.calls = Objects.requireNonNull(calls);
    this.answers = Objects.requireNonNull(answers);
  }

  @Override
  public void accept(HttpRouting.Builder routing) {
    routing.any(this::answer);
  }

  private void answer(ServerRequest request, ServerResponse response) {
    HttpPrologue prologue = request.prologue();
    ProxyAnswer answer =
        gatekeeper.answer(
            () -> calls.read(prologue.method().text(), target(prologue), headers(request)),
            answers);
    response.status(Status.create(answer.status()));
    for (Header header : answer.headers()) {
      response.headers().add(HeaderNames.create(header.name()), header.value());
    }
    if (answer.body().isEmpty() || prologue.method().equals(Method.HEAD)) {
      response.send();
    } else {
      response.send(answer.body());
    }
  }

  private static String target(HttpPrologue prologue) {
    StringBuilder target = new StringBuilder(prologue.uriPath().rawPath());
    if (prologue.hasQuery()) {
      target.append('?').append(prologue.query().rawValue());
    }
    if (prologue.fragment().hasValue()) {
      target.append('#').append(prologue.fragment().rawValue());
    }
    return target.toString();
  }

  private static HeaderTable headers(ServerRequest request) {
    HeaderTable table = new HeaderTable(USUAL_HEADERS);
    for (io.helidon.http.Header header : request.headers()) {
      for (String value : header.allValues()) {
        if (!table.add(header.headerName().lowerCase(), value)) {
          return table;
        }
      }
    }
    return table;
  }
}
