package io.gat.token;

import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.KeySourceException;
import io.gat.keys.Signatures;
import io.gat.keys.SignedDocument;
import io.gat.keys.VerificationKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.json.JsonUtil;
import org.jose4j.lang.JoseException;

/**
 * Runs the verifier over a file of test vectors in the form of Wycheproof's {@code
 * json_web_signature_test.json} and {@code json_web_key_test.json}.
 *
 * <p>Payloads there are any bytes, so that this is about what a token is before its claims are
 * read: shape, header, key, signature. A public key goes through the reader of key sets, as a JWKS
 * does; a shared secret is taken as it stands.
 *
 * <p>Two kinds of vectors are not taken at their word, and are counted: a text that the file calls
 * valid and invalid with the same key, and one that it calls valid though it is not in the alphabet
 * of RFC 7515, section 2. The public file has both: its bad padding was lost on the way.
 */
final class JoseVectors {
  private static final Pattern COMPACT =
      Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*\\.[A-Za-z0-9_-]*");

  /**
   * What came of it.
   *
   * @param accepted valid or acceptable vectors that were accepted
   * @param rejected invalid or acceptable vectors that were rejected
   * @param unsupported valid vectors whose algorithm gat does not speak, rejected
   * @param doubtful vectors that the file itself contradicts, whatever was done with them
   * @param failures one line a vector that was judged wrongly
   */
  record Report(int accepted, int rejected, int unsupported, int doubtful, List<String> failures) {
    int all() {
      return accepted + rejected + unsupported + doubtful + failures.size();
    }
  }

  private final JwsVerifier verifier = new JwsVerifier(new Signatures(CryptoProvider.best()));
  private final Path scratch;
  private int accepted;
  private int rejected;
  private int unsupported;
  private int doubtful;
  private final List<String> failures = new ArrayList<>();

  private JoseVectors(Path scratch) {
    this.scratch = scratch;
  }

  /**
   * Runs all vectors of a file.
   *
   * @param scratch a folder for key sets
   */
  static Report run(Path file, Path scratch) throws IOException, JoseException {
    JoseVectors run = new JoseVectors(scratch);
    Map<String, Object> document = JsonUtil.parseJson(Files.readString(file));
    for (Object group : list(document, "testGroups")) {
      run.group(object(group));
    }
    return new Report(
        run.accepted, run.rejected, run.unsupported, run.doubtful, List.copyOf(run.failures));
  }

  private void group(Map<String, Object> group) throws IOException {
    Optional<KeySet> keys = keys(group);
    Set<String> contradicted = contradicted(list(group, "tests"));
    for (Object test : list(group, "tests")) {
      vector(object(test), keys, contradicted);
    }
  }

  /** What the file calls valid in one place and invalid in another, with these keys. */
  private static Set<String> contradicted(List<?> tests) {
    Map<String, String> seen = new HashMap<>();
    Set<String> both = new HashSet<>();
    for (Object test : tests) {
      String jws = text(object(test), "jws");
      String before = seen.putIfAbsent(jws, text(object(test), "result"));
      if (before != null && !before.equals(text(object(test), "result"))) {
        both.add(jws);
      }
    }
    return both;
  }

  private void vector(Map<String, Object> test, Optional<KeySet> keys, Set<String> contradicted) {
    String jws = text(test, "jws");
    String expected = text(test, "result");
    String name = "tcId " + test.get("tcId") + " (" + test.get("comment") + ")";
    boolean holds;
    try {
      holds = keys.isPresent() && holds(jws, keys.get());
    } catch (RuntimeException e) {
      failures.add(name + ": an exception escaped: " + e);
      return;
    }
    if (expected.equals("valid") && !COMPACT.matcher(jws).matches()) {
      if (holds) {
        failures.add(name + ": accepted, though not in the alphabet of RFC 7515, section 2");
      }
      doubtful++;
    } else if (contradicted.contains(jws)) {
      doubtful++;
    } else if (expected.equals("invalid")) {
      if (holds) {
        failures.add(name + ": accepted, though invalid");
      } else {
        rejected++;
      }
    } else if (holds) {
      accepted++;
    } else if (expected.equals("acceptable")) {
      rejected++;
    } else if (speaks(jws)) {
      failures.add(name + ": rejected, though valid");
    } else {
      unsupported++;
    }
  }

  private boolean holds(String text, KeySet keys) {
    CompactJws jws = CompactJws.read(text);
    return jws != null
        && Algorithm.of(jws.algorithm())
            .map(algorithm -> verifier.verify(jws, algorithm, keys))
            .filter(JwsVerifier.Outcome.SignedBy.class::isInstance)
            .isPresent();
  }

  /** True where the header names an algorithm of gat's. */
  private static boolean speaks(String text) {
    CompactJws jws = CompactJws.read(text);
    return jws == null || Algorithm.of(jws.algorithm()).isPresent();
  }

  /** The keys of a group; empty where gat would not take them. */
  private Optional<KeySet> keys(Map<String, Object> group) throws IOException {
    Object given =
        Objects.requireNonNull(group.getOrDefault("public", group.get("private")), "keys");
    List<?> keys = object(given).containsKey("keys") ? list(object(given), "keys") : List.of(given);
    if (keys.stream().allMatch(key -> "oct".equals(object(key).get("kty")))) {
      return set(keys.stream().flatMap(key -> secret(object(key)).stream()).toList());
    }
    Path jwks = Files.createTempFile(scratch, "keys", ".json");
    Files.writeString(jwks, JsonUtil.toJson(Map.of("keys", keys)), StandardCharsets.UTF_8);
    try {
      return set(SignedDocument.publicKeys(jwks));
    } catch (KeySourceException e) {
      return Optional.empty();
    }
  }

  private static Optional<KeySet> set(List<VerificationKey> keys) {
    return Optional.of(new KeySet(keys, Instant.EPOCH, Instant.MAX));
  }

  private static Optional<VerificationKey> secret(Map<String, Object> jwk) {
    byte[] bytes = Base64.getUrlDecoder().decode(text(jwk, "k"));
    if (bytes.length == 0 || !"HS256".equals(jwk.getOrDefault("alg", "HS256"))) {
      return Optional.empty();
    }
    String kid = (String) jwk.getOrDefault("kid", "");
    return Optional.of(
        new VerificationKey(kid, Set.of(Algorithm.HS256), new SecretKeySpec(bytes, "HmacSHA256")));
  }

  @SuppressWarnings("unchecked") // JsonUtil's objects
  private static Map<String, Object> object(Object value) {
    return (Map<String, Object>) value;
  }

  private static List<?> list(Map<String, Object> object, String name) {
    return (List<?>) Objects.requireNonNull(object.get(name), name);
  }

  private static String text(Map<String, Object> object, String name) {
    return (String) Objects.requireNonNull(object.get(name), name);
  }
}
