package io.gat.issue.caller;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** X.509 certificates of any shape, on P-256: each test says what is wrong with its own. */
public final class TestCertificates {
  private static final byte[] ECDSA_SHA256 = seq(oid(1, 2, 840, 10045, 4, 3, 2));
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private TestCertificates() {}

  /** A certificate and its key. */
  public record Holder(X509Certificate certificate, KeyPair keys) {
    /** The certificate in PEM. */
    public String pem() {
      return TestCertificates.pem("CERTIFICATE", encoded(certificate));
    }

    /** The key in PEM, PKCS #8. */
    public String keyPem() {
      return TestCertificates.pem("PRIVATE KEY", keys.getPrivate().getEncoded());
    }
  }

  /** What a certificate says. */
  public static final class Draft {
    private final String subject;
    private final List<byte[]> extensions = new ArrayList<>();
    private final List<byte[]> names = new ArrayList<>();
    private Instant from = Instant.EPOCH;
    private Instant until = Instant.parse("2090-01-01T00:00:00Z");

    private Draft(String subject) {
      this.subject = subject;
    }

    public Draft valid(Instant first, Instant last) {
      from = first;
      until = last;
      return this;
    }

    public Draft uri(String uri) {
      names.add(der(0x86, uri.getBytes(StandardCharsets.US_ASCII)));
      return this;
    }

    public Draft dns(String name) {
      names.add(der(0x82, name.getBytes(StandardCharsets.US_ASCII)));
      return this;
    }

    public Draft ip(byte[] address) {
      names.add(der(0x87, address));
      return this;
    }

    public Draft authority() {
      extensions.add(extension(oid(2, 5, 29, 19), seq(der(0x01, new byte[] {(byte) 0xff}))));
      return this;
    }

    /** Bits from the left: 0 digitalSignature, 5 keyCertSign, 6 cRLSign. */
    public Draft usage(int... bits) {
      int all = 0;
      for (int bit : bits) {
        all |= 0x80 >> bit;
      }
      extensions.add(extension(oid(2, 5, 29, 15), der(0x03, new byte[] {0, (byte) all})));
      return this;
    }

    /** Server authentication only. */
    public Draft forServersOnly() {
      extensions.add(extension(oid(2, 5, 29, 37), seq(oid(1, 3, 6, 1, 5, 5, 7, 3, 1))));
      return this;
    }

    public Draft forBoth() {
      extensions.add(
          extension(
              oid(2, 5, 29, 37),
              seq(oid(1, 3, 6, 1, 5, 5, 7, 3, 1), oid(1, 3, 6, 1, 5, 5, 7, 3, 2))));
      return this;
    }

    public Holder selfSigned() {
      KeyPair keys = keys();
      return new Holder(certificate(this, subject, keys, keys.getPrivate()), keys);
    }

    public Holder signedBy(Holder issuer) {
      KeyPair keys = keys();
      String name = issuer.certificate().getSubjectX500Principal().getName().substring(3);
      return new Holder(certificate(this, name, keys, issuer.keys().getPrivate()), keys);
    }
  }

  public static Draft draft(String subject) {
    return new Draft(subject);
  }

  /** A root. */
  public static Holder authority(String subject) {
    return draft(subject).authority().usage(5, 6).selfSigned();
  }

  /** An SVID as it has to be. */
  public static Draft svid(String id) {
    return draft("workload").uri(id).usage(0).forBoth();
  }

  private static KeyPair keys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static X509Certificate certificate(
      Draft draft, String issuer, KeyPair keys, PrivateKey signer) {
    List<byte[]> extensions = new ArrayList<>(draft.extensions);
    if (!draft.names.isEmpty()) {
      extensions.add(extension(oid(2, 5, 29, 17), seq(draft.names.toArray(byte[][]::new))));
    }
    byte[] body =
        seq(
            der(0xa0, der(0x02, new byte[] {2})),
            der(0x02, new BigInteger(63, new SecureRandom()).add(BigInteger.ONE).toByteArray()),
            ECDSA_SHA256,
            name(issuer),
            seq(time(draft.from), time(draft.until)),
            name(draft.subject),
            keys.getPublic().getEncoded(),
            extensions.isEmpty() ? new byte[0] : der(0xa3, seq(extensions.toArray(byte[][]::new))));
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(signer);
      signature.update(body);
      byte[] signed = seq(body, ECDSA_SHA256, der(0x03, concat(new byte[1], signature.sign())));
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(signed));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] encoded(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String pem(String kind, byte[] content) {
    return "-----BEGIN "
        + kind
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
        + "\n-----END "
        + kind
        + "-----\n";
  }

  private static byte[] name(String common) {
    byte[] text = der(0x0c, common.getBytes(StandardCharsets.UTF_8));
    return seq(der(0x31, seq(oid(2, 5, 4, 3), text)));
  }

  private static byte[] time(Instant time) {
    return der(0x18, TIME.format(time).getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] extension(byte[] oid, byte[] value) {
    return seq(oid, der(0x04, value));
  }

  private static byte[] oid(int first, int second, int... rest) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(first * 40 + second);
    for (int arc : rest) {
      for (int shift = 28; shift > 0; shift -= 7) {
        if (arc >> shift > 0) {
          out.write(((arc >> shift) & 0x7f) | 0x80);
        }
      }
      out.write(arc & 0x7f);
    }
    return der(0x06, out.toByteArray());
  }

  private static byte[] seq(byte[]... parts) {
    return der(0x30, concat(parts));
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] der(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else if (content.length < 0x100) {
      out.write(0x81);
      out.write(content.length);
    } else {
      out.write(0x82);
      out.write(content.length >> 8);
      out.write(content.length & 0xff);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }
}
