package io.gat.extauthz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gat.decide.Reason;
import io.gat.envoy.EnvoyTemplate;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * DESIGN.md, section 3: the first failure is the reason. A call has every fault there is; one after
 * the other is mended, and each time the next one in the order must come to light.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OrderOfJudgementTest {
  /** One fault and the reason that it gives where it is the first. */
  private record Fault(Reason reason, Consumer<Call> spoil) {}

  /** A good call, until it is spoiled. */
  private final class Call {
    private String target = "/v1/strict/t1";
    private String host = "orders.example";
    private final TokenDraft token = world.token();
    private String credential = "";

    private String[] headers() {
      String line = credential.isEmpty() ? token.bearer() : credential;
      return new String[] {"host: " + host, line};
    }
  }

  private final ContractWorld world = new ContractWorld();
  private Gate gate;

  private final List<Fault> faults =
      List.of(
          new Fault(Reason.AMBIGUOUS_REQUEST, c -> c.target = "/internal//x"),
          new Fault(Reason.NO_SERVICE, c -> c.host = "nobody.example"),
          new Fault(Reason.DENIED_BY_RULE, c -> c.target = "/internal/x"),
          new Fault(Reason.NO_TOKEN, c -> c.credential = "x-nothing: here"),
          new Fault(Reason.MALFORMED_TOKEN, c -> c.credential = "authorization: Bearer x.y"),
          new Fault(Reason.UNKNOWN_ISSUER, c -> c.token.claim("iss", "https://evil.example")),
          new Fault(Reason.ALG_NOT_ALLOWED, c -> c.token.signedBy(world.otherAlgorithm)),
          new Fault(Reason.WRONG_TYPE, c -> c.token.type("JWT")),
          new Fault(Reason.UNKNOWN_KEY, c -> c.token.signedBy(world.unknownKey)),
          new Fault(Reason.BAD_SIGNATURE, c -> c.token.tampered()),
          new Fault(Reason.MISSING_CLAIM, c -> c.token.without("sub")),
          new Fault(Reason.LIFETIME_TOO_LONG, c -> c.token.time("iat", -1500).time("exp", -60)),
          new Fault(Reason.NOT_YET_VALID, c -> c.token.time("nbf", 600)),
          new Fault(Reason.EXPIRED, c -> c.token.time("iat", -120).time("exp", -60)),
          new Fault(Reason.WRONG_AUDIENCE, c -> c.token.claim("aud", "billing")),
          new Fault(Reason.REVOKED, c -> c.token.claim("jti", "revoked")),
          new Fault(
              Reason.BINDING_MISMATCH,
              c -> c.token.claim("cnf", Map.of("x5t#S256", "A".repeat(43)))),
          new Fault(Reason.TOO_OLD, c -> c.token.time("iat", -90)),
          new Fault(Reason.INSUFFICIENT_SCOPE, c -> c.token.claim("scope", "other:read")),
          new Fault(Reason.CONDITION_FALSE, c -> c.token.claim("tenant", "t2")));

  @BeforeAll
  void open() throws Exception {
    gate = Gate.open(EnvoyTemplate.shipped().showingMetadata(), world.service());
  }

  @AfterAll
  void close() throws Exception {
    gate.close();
  }

  Stream<Arguments> steps() {
    return IntStream.rangeClosed(0, faults.size())
        .mapToObj(
            mended ->
                Arguments.of(
                    mended == faults.size() ? Reason.OK : faults.get(mended).reason(), mended));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("steps")
  void theFirstFaultIsTheReason(Reason expected, int mended) throws IOException {
    Call call = new Call();
    // From the last to the first, so that where two spoil the same thing the earlier one shows.
    for (Fault fault : faults.subList(mended, faults.size()).reversed()) {
      fault.spoil().accept(call);
    }

    assertEquals(expected.code(), Gate.text(gate.get(call.target, call.headers()), "reason"));
  }
}
