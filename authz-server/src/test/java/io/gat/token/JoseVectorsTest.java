package io.gat.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.keys.Algorithm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Test vectors in Wycheproof's form: those of {@code -Dgat.wycheproof=DIR}, a folder with {@code
 * json_web_signature_test.json} and {@code json_web_key_test.json}; without it a set of our own,
 * made anew each time, which also shows that the runner tells good from bad.
 */
final class JoseVectorsTest {
  private static final List<String> FILES =
      List.of("json_web_signature_test.json", "json_web_key_test.json");

  @TempDir Path folder;

  @Test
  void judgesEveryVectorRightly() throws IOException, JoseException {
    String given = System.getProperty("gat.wycheproof", "");
    Path vectors = given.isEmpty() ? own() : Path.of(given);
    for (String name : FILES) {
      Path file = vectors.resolve(name);
      assertTrue(Files.isRegularFile(file), file + " is missing; see -Dgat.wycheproof");
      JoseVectors.Report report = JoseVectors.run(file, folder);
      System.out.println(name + ": " + report);
      assertEquals(List.of(), report.failures());
      assertTrue(report.accepted() > 0 && report.rejected() > 0, report::toString);
    }
  }

  @Test
  void tellsAFalseAcceptAndAFalseReject() throws IOException, JoseException {
    TestIssuer issuer = TestIssuer.of(Algorithm.ES256);
    String token = issuer.token();
    String forged = token.substring(0, token.length() - 4) + "AAAA";
    Path file =
        write(
            "wrong.json",
            List.of(
                group(
                    jwk(issuer),
                    List.of(vector(1, token, "invalid"), vector(2, forged, "valid")))));
    assertEquals(
        List.of(
            "tcId 1 (invalid): accepted, though invalid", "tcId 2 (valid): rejected, though valid"),
        JoseVectors.run(file, folder).failures());
  }

  @Test
  void doesNotTakeAFileAtItsWordThatContradictsItself() throws IOException, JoseException {
    TestIssuer issuer = TestIssuer.of(Algorithm.ES256);
    String token = issuer.token();
    Path file =
        write(
            "doubtful.json",
            List.of(
                group(
                    jwk(issuer),
                    List.of(
                        vector(1, token, "valid"),
                        vector(2, token, "invalid"),
                        vector(3, token + "?", "valid")))));
    JoseVectors.Report report = JoseVectors.run(file, folder);
    assertEquals(new JoseVectors.Report(0, 0, 0, 3, List.of()), report);
  }

  /** Vectors of every algorithm, good and bad, in both files. */
  private Path own() throws IOException, JoseException {
    List<Map<String, Object>> signatures = new ArrayList<>();
    List<Map<String, Object>> sets = new ArrayList<>();
    for (Algorithm algorithm : Algorithm.values()) {
      TestIssuer issuer = TestIssuer.of(algorithm, "k1");
      Map<String, Object> jwk = jwk(issuer);
      signatures.add(group(jwk, vectors(issuer)));
      TestIssuer twin = TestIssuer.of(algorithm, "k1");
      sets.add(
          group(
              Map.of("keys", List.of(jwk)),
              List.of(
                  vector(1, issuer.token(), "valid"),
                  vector(2, TestIssuer.of(algorithm, "k2").token(), "invalid"))));
      if (algorithm != Algorithm.HS256) {
        sets.add(
            group(
                Map.of("keys", List.of(jwk, jwk(twin))),
                List.of(vector(3, issuer.token(), "invalid"), vector(4, twin.token(), "invalid"))));
      }
    }
    write(FILES.get(0), signatures);
    write(FILES.get(1), sets);
    return folder;
  }

  private static List<Map<String, Object>> vectors(TestIssuer issuer) {
    String token = issuer.token();
    String[] part = token.split("\\.", -1);
    byte[] signature = Base64.getUrlDecoder().decode(part[2]);
    byte[] flipped = signature.clone();
    flipped[flipped.length - 1] ^= 1;
    byte[] longer = new byte[signature.length + 1];
    System.arraycopy(signature, 0, longer, 1, signature.length);
    String none = TestIssuer.encode("{\"alg\":\"none\"}");
    String head = part[0] + "." + part[1] + ".";
    return List.of(
        vector(1, token, "valid"),
        vector(2, issuer.sign(part[0] + "." + TestIssuer.encode("foo")), "valid"),
        vector(3, head + TestIssuer.encode(flipped), "invalid"),
        vector(4, head + TestIssuer.encode(longer), "invalid"),
        vector(5, head + TestIssuer.encode(new byte[signature.length]), "invalid"),
        vector(6, head, "invalid"),
        vector(7, part[0] + "." + part[1], "invalid"),
        vector(8, "." + part[1] + "." + part[2], "invalid"),
        vector(9, part[0] + "." + TestIssuer.encode("bar") + "." + part[2], "invalid"),
        vector(10, none + "." + part[1] + ".", "invalid"),
        vector(11, none + "." + part[1] + "." + part[2], "invalid"),
        vector(12, token + ".", "invalid"),
        vector(13, "", "invalid"),
        vector(14, "{\"payload\":\"" + part[1] + "\"}", "invalid"));
  }

  private static Map<String, Object> vector(int id, String jws, String result) {
    return Map.of("tcId", id, "comment", result, "jws", jws, "result", result, "flags", List.of());
  }

  private static Map<String, Object> group(
      Map<String, Object> keys, List<Map<String, Object>> vectors) {
    boolean secret = "oct".equals(keys.get("kty")) || keys.toString().contains("kty=oct");
    return Map.of(secret ? "private" : "public", keys, "tests", vectors);
  }

  private static Map<String, Object> jwk(TestIssuer issuer) throws JoseException {
    if (issuer.algorithm == Algorithm.HS256) {
      byte[] secret = Objects.requireNonNull(issuer.signing.getEncoded());
      return Map.of(
          "kty", "oct", "alg", "HS256", "kid", issuer.kid, "k", TestIssuer.encode(secret));
    }
    PublicJsonWebKey key = PublicJsonWebKey.Factory.newPublicJwk((PublicKey) issuer.trusted.key());
    Map<String, Object> members = new TreeMap<>(key.toParams(OutputControlLevel.PUBLIC_ONLY));
    members.put("kid", issuer.kid);
    members.put("alg", issuer.algorithm.joseName());
    return members;
  }

  private Path write(String name, List<Map<String, Object>> groups) throws IOException {
    return Files.writeString(folder.resolve(name), JsonUtil.toJson(Map.of("testGroups", groups)));
  }
}
