package io.gat.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every algorithm, with every provider that this machine has. */
final class AlgorithmsTest {
  static Stream<Arguments> algorithmsAndProviders() {
    List<CryptoProvider> providers = new ArrayList<>(List.of(CryptoProvider.jdk()));
    CryptoProvider.corretto().ifPresent(providers::add);
    return Stream.of(Algorithm.values())
        .flatMap(a -> providers.stream().map(p -> Arguments.of(a, p)));
  }

  @ParameterizedTest
  @MethodSource("algorithmsAndProviders")
  void takesValidTokenOnly(Algorithm algorithm, CryptoProvider provider) {
    TestIssuer issuer = TestIssuer.of(algorithm);
    TokenVerifier verifier =
        new JoseTokenVerifier(
            List.of(issuer.terms()), TestIssuer.LEEWAY, TestIssuer.MAX_LIFETIME, provider);
    String token = issuer.token();

    Verification valid = verifier.verify(token, Place.AUTHORIZATION, issuer.keys(), TestIssuer.NOW);
    VerifiedToken verified = assertInstanceOf(Verification.Verified.class, valid).token();
    assertEquals("alice", verified.token().subject());
    assertEquals(Set.of("orders:read", "orders:write"), verified.token().scopes());
    assertEquals(TokenIds.of(TestIssuer.ISSUER, "jti-1"), verified.token().tokenId());

    int dot = token.lastIndexOf('.');
    byte[] signature = Base64.getUrlDecoder().decode(token.substring(dot + 1));
    signature[signature.length / 2] ^= 1;
    Verification tampered =
        verifier.verify(
            token.substring(0, dot + 1) + TestIssuer.encode(signature),
            Place.AUTHORIZATION,
            issuer.keys(),
            TestIssuer.NOW);
    assertEquals(Flaw.BAD_SIGNATURE, VerdictOf.flaw(tampered));
  }

  @ParameterizedTest
  @EnumSource
  void takesNoTokenOfAnAlgorithmThatTheIssuerDoesNotUse(Algorithm listed) {
    TestIssuer other = TestIssuer.of(listed == Algorithm.ES256 ? Algorithm.EDDSA : Algorithm.ES256);
    TokenVerifier verifier = TestIssuer.of(listed).verifier();
    assertEquals(
        Flaw.ALG_NOT_ALLOWED,
        VerdictOf.flaw(
            verifier.verify(other.token(), Place.AUTHORIZATION, other.keys(), TestIssuer.NOW)));
  }

  @Test
  void correttoWorksOnThisMachineWhereItHasABuild() {
    String arch = System.getProperty("os.arch");
    boolean built =
        System.getProperty("os.name").equals("Linux")
            && (arch.equals("amd64") || arch.equals("aarch64"));
    assertEquals(built, CryptoProvider.corretto().isPresent());
  }
}
