package io.gat.policy.migrate;

import java.util.List;
import java.util.Optional;

/** A test of a request's method. */
sealed interface MethodTest {
  /** The methods of RFC 9110 and RFC 5789, which rules name one by one. */
  List<String> STANDARD =
      List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT");

  /** This method. */
  record Named(String method) implements MethodTest {}

  /** Every method that starts with a text. */
  record StartsWith(String text) implements MethodTest {}

  /** Every method that ends with a text. */
  record EndsWith(String text) implements MethodTest {}

  /**
   * What the test comes to.
   *
   * @param method a method, or empty for every method that no rule names
   */
  default Formula at(Optional<String> method) {
    return switch (this) {
      case Named named -> Formula.of(method.filter(named.method()::equals).isPresent());
      case StartsWith start ->
          method
              .map(m -> Formula.of(m.startsWith(start.text())))
              .orElseGet(
                  () -> Formula.cel("request.method.startsWith(" + Cel.text(start.text()) + ")"));
      case EndsWith end ->
          method
              .map(m -> Formula.of(m.endsWith(end.text())))
              .orElseGet(
                  () -> Formula.cel("request.method.endsWith(" + Cel.text(end.text()) + ")"));
    };
  }
}
