package io.gat.extauthz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.core.v3.HeaderMap;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Whatever a message holds: there is an answer, it is sound, and it is no allow without a token.
 */
class AnyMessageTest {
  private static final int ROUNDS = 5_000;

  private final ContractWorld world = new ContractWorld();
  private final AuthorizationService service = world.service();
  private final String good = world.token().compact();

  private static final List<String> NAMES =
      List.of(
          ":path",
          ":method",
          ":authority",
          ":Path",
          "host",
          "Host",
          "authorization",
          "Authorization",
          "txn-token",
          "x-gat-subject",
          "X_Gat_Subject",
          "x-gat-\u00fc",
          "x-request-id",
          "traceparent",
          "",
          "x",
          "\ud83d\ude00");

  private static final List<String> PATHS =
      List.of(
          "/v1/orders/1",
          "/healthz",
          "/internal/x",
          "/v1/strict/t1",
          "/about",
          "/bills",
          "",
          "*",
          "//",
          "/%00",
          "/\u00ff",
          "?",
          "/v1/orders/1?x");

  private static final List<String> HOSTS =
      List.of(
          "orders.example", "billing.example", "ORDERS.example:1", "", "a,b", "[::1]", "\u0000");

  @Test
  void everyMessageHasASoundAnswer() throws Exception {
    Random random = new Random(20261124);
    int allowed = 0;
    for (int i = 0; i < ROUNDS; i++) {
      CheckRequest message = message(random);
      if (judge(message)) {
        allowed++;
      }
    }
    // Else the generator would only prove that nonsense is refused.
    assertTrue(allowed > ROUNDS / 100, "allowed: " + allowed);
    assertTrue(allowed < ROUNDS / 2, "allowed: " + allowed);
  }

  @FuzzTest
  void everyBytesHaveASoundAnswer(byte[] bytes) throws Exception {
    CheckRequest message;
    try {
      message = CheckRequest.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      return;
    }
    judge(message);
  }

  /** Returns whether it was an allow. */
  private boolean judge(CheckRequest message) throws InvalidProtocolBufferException {
    CheckResponse answer = CheckResponse.parseFrom(service.answer(message).toByteArray());
    assertTrue(answer.hasStatus());
    assertFalse(answer.getDynamicMetadata().getFieldsMap().isEmpty());
    boolean allowed = answer.hasOkResponse();
    assertEquals(allowed, answer.getStatus().getCode() == 0);
    if (!allowed) {
      return false;
    }
    Set<String> set = new HashSet<>();
    for (HeaderValueOption header : answer.getOkResponse().getHeadersList()) {
      String value = header.getHeader().getValue();
      set.add(header.getHeader().getKey());
      assertTrue(value.chars().allMatch(c -> c >= 0x20 && c <= 0x7e), value);
    }
    for (String removed : answer.getOkResponse().getHeadersToRemoveList()) {
      assertFalse(set.contains(removed), removed);
    }
    String all = message.toByteString().toString(StandardCharsets.ISO_8859_1);
    boolean open = all.contains("/healthz") || all.contains("/about");
    assertTrue(open || all.contains(good), "an allow without a token");
    return true;
  }

  private CheckRequest message(Random random) {
    AttributeContext.HttpRequest.Builder http =
        AttributeContext.HttpRequest.newBuilder()
            .setMethod(random.nextInt(8) == 0 ? text(random) : "GET")
            .setHost(
                random.nextInt(4) == 0 ? HOSTS.get(random.nextInt(HOSTS.size())) : "orders.example")
            .setPath(
                random.nextInt(3) == 0
                    ? PATHS.get(random.nextInt(PATHS.size()))
                    : PATHS.get(random.nextInt(2)))
            .setId(text(random));
    if (random.nextInt(2) == 0) {
      http.putHeaders("authorization", "Bearer " + good);
    }
    HeaderMap.Builder raw = HeaderMap.newBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      String name = NAMES.get(random.nextInt(NAMES.size()));
      String value = random.nextInt(4) == 0 ? "Bearer " + good : text(random);
      if (random.nextBoolean()) {
        http.putHeaders(name, value);
      } else {
        raw.addHeaders(
            HeaderValue.newBuilder()
                .setKey(name.toLowerCase(Locale.ROOT))
                .setRawValue(ByteString.copyFrom(value, StandardCharsets.ISO_8859_1)));
      }
    }
    AttributeContext.Builder attributes =
        AttributeContext.newBuilder()
            .setRequest(AttributeContext.Request.newBuilder().setHttp(http.setHeaderMap(raw)))
            .setSource(AttributeContext.Peer.newBuilder().setCertificate(text(random)));
    if (random.nextInt(10) == 0) {
      attributes.putContextExtensions(
          "gat.service", random.nextBoolean() ? "billing" : text(random));
    }
    if (random.nextInt(10) == 0) {
      attributes.putContextExtensions(
          "gat.scopes", random.nextBoolean() ? "orders:read orders:list" : text(random));
    }
    return CheckRequest.newBuilder().setAttributes(attributes).build();
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      text.append((char) random.nextInt(random.nextBoolean() ? 0x80 : 0x800));
    }
    return text.toString();
  }
}
