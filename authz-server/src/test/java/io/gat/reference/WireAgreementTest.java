package io.gat.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.gat.cache.CaffeineDecisionCache;
import io.gat.call.UpstreamHeaders;
import io.gat.decide.Attention;
import io.gat.decide.Decider;
import io.gat.decide.KeyRefresher;
import io.gat.decide.LiveSnapshot;
import io.gat.decide.WhenStale;
import io.gat.extauthz.Admission;
import io.gat.extauthz.AuthorizationService;
import io.gat.extauthz.CheckRequestMapper;
import io.gat.extauthz.CheckResponseMapper;
import io.gat.reference.ReferenceDecider.Call;
import io.gat.reference.ReferenceDecider.ServiceSpec;
import io.gat.reference.ReferenceDecider.World;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Whatever else a message holds, gat decides the call in it as the reference does, and its answer
 * is one that Envoy can carry out.
 *
 * <p>{@code mvn -Pfuzz} lets Jazzer look for messages for ten minutes; what it has found worth
 * keeping is in {@code WireAgreementTestInputs}, and runs here each time.
 */
final class WireAgreementTest {
  private static final RealParts PARTS = new RealParts();
  private static final int WORLDS = 500;
  private static final int CALLS = 6;

  private final Map<String, Integer> seen = new HashMap<>();

  @Test
  void agreesWithTheReferenceOnHostileMessages() throws InvalidProtocolBufferException {
    Random random = new Random(20261126);
    for (int i = 0; i < WORLDS; i++) {
      byte[] bytes = new byte[40 + random.nextInt(400)];
      random.nextBytes(bytes);
      compare(bytes);
    }
    // Else the generator would only prove that nonsense is refused.
    for (String reason :
        List.of("ok", "ambiguous_request", "no_token", "insufficient_scope", "no_rule")) {
      assertTrue(seen.getOrDefault(reason, 0) > WORLDS / 100, seen::toString);
    }
  }

  @FuzzTest(maxDuration = "10m")
  void agreesWithTheReference(byte[] bytes) throws InvalidProtocolBufferException {
    compare(bytes);
  }

  private void compare(byte[] bytes) throws InvalidProtocolBufferException {
    BytesAsRandom random = new BytesAsRandom(bytes);
    RandomWorlds worlds = new RandomWorlds(random);
    List<ServiceSpec> services = worlds.services();
    World world = PARTS.world(worlds, random, services);
    ReferenceDecider reference = new ReferenceDecider(world);
    AuthorizationService service = service(world);
    HostileMessages messages = new HostileMessages(random);
    for (int i = 0; i < CALLS; i++) {
      ServiceSpec aim = worlds.pick(services);
      String token = PARTS.tokens.token(random, RealParts.NOW, aim.audiences().getFirst());
      Call call = worlds.call(aim, RealParts.credentials(random, token));
      HostileMessages.Message message = messages.of(call);
      String expected = message.unclear() ? "ambiguous_request" : reference.decide(call);
      CheckRequest sent = CheckRequest.parseFrom(message.check().toByteArray());
      CheckResponse answer = CheckResponse.parseFrom(service.answer(sent).toByteArray());
      assertEquals(
          expected,
          reason(answer),
          () -> RandomWorlds.yaml(services) + "\npin " + world.pin() + "\n" + call + "\n" + sent);
      assertSound(answer, expected.equals("ok"));
      seen.merge(expected, 1, Integer::sum);
    }
  }

  private static AuthorizationService service(World world) {
    Decider decider =
        new Decider(
            new LiveSnapshot(PARTS.snapshot(world)),
            PARTS.verifier(),
            new CaffeineDecisionCache(100, 100, InstantSource.fixed(RealParts.NOW)),
            KeyRefresher.none(),
            () -> RealParts.MOMENT,
            world.pin(),
            WhenStale.ERROR);
    return new AuthorizationService(
        new CheckRequestMapper(),
        decider,
        new CheckResponseMapper(UpstreamHeaders.standard()),
        (decision, took) -> {},
        Admission.everyone(),
        Attention.none());
  }

  private static String reason(CheckResponse answer) {
    return answer
        .getDynamicMetadata()
        .getFieldsOrThrow("gat")
        .getStructValue()
        .getFieldsOrThrow("reason")
        .getStringValue();
  }

  private static void assertSound(CheckResponse answer, boolean allowed) {
    assertEquals(allowed, answer.hasOkResponse());
    assertEquals(allowed, answer.getStatus().getCode() == 0);
    Set<String> set = new HashSet<>();
    for (HeaderValueOption header : answer.getOkResponse().getHeadersList()) {
      set.add(header.getHeader().getKey());
      String value = header.getHeader().getValue();
      assertTrue(value.chars().allMatch(c -> c >= 0x20 && c <= 0x7e), value);
    }
    for (String removed : answer.getOkResponse().getHeadersToRemoveList()) {
      assertFalse(set.contains(removed), removed);
    }
  }
}
