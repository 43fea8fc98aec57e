package io.gat.issue.caller;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.issue.caller.TestCertificates.Holder;
import io.gat.keys.KeySourceException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class X509SvidAuthenticatorTest extends AuthenticatorContract {
  private static final String ID = "spiffe://cluster.local/ns/shop/sa/checkout";
  private static final Holder ROOT = TestCertificates.authority("root");
  private static final Holder ISSUING =
      TestCertificates.draft("issuing").authority().usage(5, 6).signedBy(ROOT);
  private static final Holder SVID = TestCertificates.svid(ID).signedBy(ISSUING);

  private static Shown shown(Holder... chain) {
    return new Shown.Certificates(Stream.of(chain).map(Holder::certificate).toList());
  }

  private static X509SvidAuthenticator trusting(Holder... authorities) {
    TrustBundle bundle =
        new TrustBundle(Set.copyOf(Stream.of(authorities).map(Holder::certificate).toList()));
    return new X509SvidAuthenticator("tested", "cluster.local", () -> bundle, () -> {});
  }

  @Override
  Authenticator authenticator() {
    return trusting(ROOT);
  }

  @Override
  Authenticator cutOff() {
    return authenticator();
  }

  @Override
  boolean needsSomebody() {
    return false;
  }

  @Override
  Shown good() {
    return shown(SVID, ISSUING);
  }

  @Override
  String principal() {
    return ID;
  }

  @Override
  Map<String, Bad> bad() {
    Holder other = TestCertificates.authority("root"); // of the same name
    Map<String, Bad> bad = new LinkedHashMap<>();
    String untrusted = "untrusted_chain";
    String malformed = "malformed_svid";
    bad.put("without its intermediate", new Bad(untrusted, shown(SVID)));
    bad.put(
        "of another root of that name",
        new Bad(untrusted, shown(TestCertificates.svid(ID).signedBy(other))));
    bad.put(
        "with a root of its own",
        new Bad(untrusted, shown(TestCertificates.svid(ID).signedBy(other), other)));
    bad.put("self-signed", new Bad(untrusted, shown(TestCertificates.svid(ID).selfSigned())));
    bad.put("out of order", new Bad(untrusted, shown(SVID, ROOT, SVID, ISSUING)));
    bad.put(
        "signed by a workload",
        new Bad(untrusted, shown(TestCertificates.svid(ID).signedBy(SVID), SVID, ISSUING)));
    bad.put(
        "signed by an authority that may not sign",
        new Bad(
            untrusted,
            chained(TestCertificates.draft("weak").authority().usage(0).signedBy(ROOT))));
    bad.put(
        "signed by what is no authority",
        new Bad(untrusted, chained(TestCertificates.draft("none").usage(5).signedBy(ROOT))));
    bad.put(
        "expired",
        new Bad(
            "expired",
            shown(
                TestCertificates.svid(ID)
                    .valid(Instant.EPOCH, NOW.minusSeconds(1))
                    .signedBy(ROOT))));
    bad.put(
        "early",
        new Bad(
            "not_yet_valid",
            shown(
                TestCertificates.svid(ID)
                    .valid(NOW.plusSeconds(1), NOW.plusSeconds(9))
                    .signedBy(ROOT))));
    bad.put("two URIs", malformed(TestCertificates.svid(ID).uri("spiffe://cluster.local/a")));
    bad.put("a web address, too", malformed(TestCertificates.svid(ID).uri("https://a")));
    bad.put("no path", malformed(TestCertificates.svid("spiffe://cluster.local/")));
    bad.put("dots", malformed(TestCertificates.svid("spiffe://cluster.local/a/../b")));
    bad.put("an authority", malformed(TestCertificates.svid(ID).authority()));
    bad.put(
        "that may sign certificates", malformed(TestCertificates.draft("w").uri(ID).usage(0, 5)));
    bad.put(
        "that may sign revocation lists",
        malformed(TestCertificates.draft("w").uri(ID).usage(0, 6)));
    bad.put("that may not sign", malformed(TestCertificates.draft("w").uri(ID).usage(2)));
    bad.put("without usage", malformed(TestCertificates.draft("w").uri(ID)));
    bad.put(
        "for servers only",
        malformed(TestCertificates.draft("w").uri(ID).usage(0).forServersOnly()));
    bad.put("a chain without end", new Bad(malformed, shown(endless())));
    return bad;
  }

  private static Bad malformed(TestCertificates.Draft draft) {
    return new Bad("malformed_svid", shown(draft.signedBy(ROOT)));
  }

  private static Shown chained(Holder intermediate) {
    return shown(TestCertificates.svid(ID).signedBy(intermediate), intermediate);
  }

  private static Holder[] endless() {
    Holder[] chain = new Holder[9];
    Arrays.fill(chain, ISSUING);
    chain[0] = SVID;
    return chain;
  }

  @Override
  Map<String, Shown> foreign() {
    Map<String, Shown> foreign = new LinkedHashMap<>();
    foreign.put(
        "another trust domain",
        shown(TestCertificates.svid("spiffe://other/ns/shop/sa/checkout").signedBy(ROOT)));
    foreign.put(
        "a trust domain that begins the same",
        shown(TestCertificates.svid("spiffe://cluster.local.evil/a").signedBy(ROOT)));
    foreign.put(
        "a host", shown(TestCertificates.draft("a").dns("cluster.local").usage(0).signedBy(ROOT)));
    return foreign;
  }

  @Test
  void takesARootThatIsSentAlong() {
    assertInstanceOf(Proof.Proved.class, authenticator().prove(shown(SVID, ISSUING, ROOT), NOW));
  }

  @Test
  void endsWithTheFirstCertificateOfTheChainThatEnds() {
    Instant end = NOW.plusSeconds(60);
    Holder shortLived =
        TestCertificates.draft("short")
            .authority()
            .usage(5)
            .valid(Instant.EPOCH, end)
            .signedBy(ROOT);
    Proof proof = authenticator().prove(chained(shortLived), NOW);
    assertEquals(end.plusSeconds(1), assertInstanceOf(Proof.Proved.class, proof).caller().until());
  }

  @Test
  void anAuthorityThatWasTakenOutIsNobody() {
    TrustBundle[] current = {new TrustBundle(Set.of(ROOT.certificate()))};
    Authenticator one =
        new X509SvidAuthenticator("tested", "cluster.local", () -> current[0], () -> {});
    assertInstanceOf(Proof.Proved.class, one.prove(good(), NOW));
    current[0] = new TrustBundle(Set.of(TestCertificates.authority("next").certificate()));
    assertEquals(new Proof.Refused("untrusted_chain"), one.prove(good(), NOW));
  }

  @Test
  void aBundleHoldsAuthoritiesOnly() {
    Path file = Path.of("bundle.pem");
    byte[] both = (ROOT.pem() + ISSUING.pem()).getBytes(StandardCharsets.US_ASCII);
    assertEquals(2, TrustBundle.read(file, both).authorities().size());
    for (String bad : List.of("", "nothing", ROOT.pem() + SVID.pem())) {
      KeySourceException e =
          assertThrows(
              KeySourceException.class,
              () -> TrustBundle.read(file, bad.getBytes(StandardCharsets.US_ASCII)));
      assertTrue(String.valueOf(e.getMessage()).startsWith("bundle.pem: "), e.getMessage());
    }
  }
}
