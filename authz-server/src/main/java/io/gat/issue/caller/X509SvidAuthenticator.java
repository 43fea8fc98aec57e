package io.gat.issue.caller;

import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * X.509-SVIDs of one trust domain (SPIFFE X.509-SVID, section 5). TLS has proved that the caller
 * has the key; this says whose it is, each time anew, so that an authority that was taken out of
 * the bundle is nobody from then on, on open connections and resumed sessions, too.
 */
public final class X509SvidAuthenticator implements Authenticator {
  /** Not what an X.509-SVID of a workload is like. */
  static final String MALFORMED = "malformed_svid";

  /** Nobody of the trust domain has signed it. */
  static final String UNTRUSTED = "untrusted_chain";

  static final String EXPIRED = "expired";
  static final String EARLY = "not_yet_valid";

  private static final int URI_NAME = 6;
  private static final int LONGEST_CHAIN = 8;
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int KEY_CERT_SIGN = 5;
  private static final int CRL_SIGN = 6;
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
  private static final String ANY_USAGE = "2.5.29.37.0";

  private final String name;
  private final String trustDomain;
  private final Supplier<TrustBundle> bundle;
  private final Runnable close;

  /**
   * An authenticator.
   *
   * @param bundle the trust domain's authorities as they are now
   * @param close ends what keeps the bundle up to date
   */
  public X509SvidAuthenticator(
      String name, String trustDomain, Supplier<TrustBundle> bundle, Runnable close) {
    this.name = Objects.requireNonNull(name);
    this.trustDomain = Objects.requireNonNull(trustDomain);
    this.bundle = Objects.requireNonNull(bundle);
    this.close = Objects.requireNonNull(close);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Proof prove(Shown shown, Instant now) {
    return shown instanceof Shown.Certificates certificates
        ? prove(certificates.chain(), now)
        : new Proof.NotMine();
  }

  private Proof prove(List<X509Certificate> chain, Instant now) {
    X509Certificate leaf = chain.getFirst();
    Optional<SpiffeId> id;
    try {
      List<String> names = uris(leaf);
      if (names.stream().noneMatch(n -> n.startsWith("spiffe://" + trustDomain + "/"))) {
        return new Proof.NotMine();
      }
      // Section 2: exactly one URI, and other kinds of names say nothing.
      id = names.size() == 1 ? SpiffeId.ofWorkload(names.getFirst()) : Optional.empty();
      if (id.isEmpty() || !isLeaf(leaf) || chain.size() > LONGEST_CHAIN) {
        return new Proof.Refused(MALFORMED);
      }
    } catch (CertificateParsingException e) {
      return new Proof.NotMine();
    }
    String flaw = flaw(chain, now);
    return flaw != null
        ? new Proof.Refused(flaw)
        : new Proof.Proved(
            new Caller(
                Caller.Way.X509_SVID,
                name,
                id.get().text(),
                id.get().text(),
                id.get().text(),
                end(chain),
                Map.of()));
  }

  private static List<String> uris(X509Certificate leaf) throws CertificateParsingException {
    Collection<List<?>> names = leaf.getSubjectAlternativeNames();
    return names == null
        ? List.of()
        : names.stream()
            .filter(n -> n.getFirst().equals(URI_NAME))
            .map(n -> String.valueOf(n.get(1)))
            .toList();
  }

  /** Sections 4.1, 4.3 and 4.4: no authority, and a key that signs. */
  private static boolean isLeaf(X509Certificate leaf) throws CertificateParsingException {
    boolean[] usage = leaf.getKeyUsage();
    List<String> extended = leaf.getExtendedKeyUsage();
    return leaf.getBasicConstraints() < 0
        && usage != null
        && usage[DIGITAL_SIGNATURE]
        && !usage[KEY_CERT_SIGN]
        && !usage[CRL_SIGN]
        && (extended == null || extended.contains(CLIENT_AUTH) || extended.contains(ANY_USAGE));
  }

  /** Why the chain leads to no authority of the bundle; null where it does. */
  private @Nullable String flaw(List<X509Certificate> chain, Instant now) {
    TrustBundle trusted = bundle.get();
    // Some send the root as well; what is trusted is ours, not theirs.
    List<X509Certificate> path = new ArrayList<>(chain.subList(0, 1));
    chain.stream().skip(1).filter(one -> !trusted.authorities().contains(one)).forEach(path::add);
    try {
      PKIXParameters parameters = new PKIXParameters(trusted.anchors());
      // SVIDs are short-lived instead of revoked, and a URL in one must lead nowhere.
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      CertPath certificates = CertificateFactory.getInstance("X.509").generateCertPath(path);
      CertPathValidator.getInstance("PKIX").validate(certificates, parameters);
      return null;
    } catch (CertPathValidatorException e) {
      return e.getReason() == BasicReason.EXPIRED
          ? EXPIRED
          : e.getReason() == BasicReason.NOT_YET_VALID ? EARLY : UNTRUSTED;
    } catch (GeneralSecurityException | RuntimeException e) {
      return UNTRUSTED; // a provider's way to say no to what it cannot read
    }
  }

  /** When the first of them ends: notAfter is a second that still counts. */
  private static Instant end(List<X509Certificate> chain) {
    return chain.stream()
        .map(one -> one.getNotAfter().toInstant().plusSeconds(1))
        .min(Instant::compareTo)
        .orElseThrow();
  }

  @Override
  public void close() {
    close.run();
  }
}
