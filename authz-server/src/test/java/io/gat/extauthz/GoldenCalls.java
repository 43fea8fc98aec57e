package io.gat.extauthz;

import java.util.List;

/** The calls whose {@code CheckRequest}s are kept under {@code golden/}. */
final class GoldenCalls {
  private GoldenCalls() {}

  /**
   * One call.
   *
   * @param name the file's name
   * @param lines the request line and the header lines, one character a byte
   */
  record Call(String name, List<String> lines) {
    static Call of(String name, String... lines) {
      return new Call(name, List.of(lines));
    }
  }

  static List<Call> all() {
    return List.of(
        Call.of(
            "normal",
            "GET /v1/orders/1?expand=lines HTTP/1.1",
            "Host: Orders.Example:8443",
            "Authorization: Bearer aaa.bbb.ccc",
            "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "X-Request-Id: 11111111-2222-4333-8444-555555555555"),
        Call.of(
            "duplicates",
            "GET /v1/orders/1 HTTP/1.1",
            "Host: orders.example",
            "authorization: Bearer aaa.bbb.ccc",
            "Authorization: Bearer ddd.eee.fff",
            "X-Gat-Subject: forged",
            "x_gat_subject: forged too",
            "x-many: one",
            "X-Many: two"),
        Call.of(
            "not-utf-8",
            "GET /v1/orders/1 HTTP/1.1",
            "Host: orders.example",
            "authorization: Bearer a\u00ff\u00fe.b.c",
            "x-name: j\u00f6rg"),
        Call.of("no-host", "GET /v1/orders/1 HTTP/1.0"),
        Call.of(
            "grpc",
            "POST /shop.Orders/Get HTTP/1.1",
            "Host: orders.example",
            "content-type: application/grpc",
            "te: trailers",
            "content-length: 0"),
        Call.of("connect", "CONNECT orders.example:443 HTTP/1.1", "Host: orders.example:443"),
        Call.of(
            "upgrade",
            "GET /v1/events HTTP/1.1",
            "Host: orders.example",
            "Upgrade: websocket",
            "Connection: Upgrade"),
        Call.of(
            "absolute-form",
            "GET http://orders.example/v1/orders/1 HTTP/1.1",
            "Host: other.example"),
        Call.of("strange-path", "GET //v1/./a%2Fb;x=1/\\?q=a?b HTTP/1.1", "Host: orders.example"),
        Call.of("options-star", "OPTIONS * HTTP/1.1", "Host: orders.example"),
        Call.of(
            "grpc-web",
            "POST /shop.Orders/Get HTTP/1.1",
            "Host: orders.example",
            "content-type: application/grpc-web+proto",
            "x-grpc-web: 1",
            "content-length: 0"),
        Call.of(
            "two-hosts", "GET /v1/orders/1 HTTP/1.1", "Host: orders.example", "Host: evil.example"),
        Call.of("no-path", "GET ?q HTTP/1.1", "Host: orders.example"),
        Call.of("path-not-ascii", "GET /v1/\u00ff HTTP/1.1", "Host: orders.example"),
        Call.of("fragment", "GET /v1/a#b HTTP/1.1", "Host: orders.example"));
  }
}
