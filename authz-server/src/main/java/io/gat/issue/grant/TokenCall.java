package io.gat.issue.grant;

import io.gat.issue.caller.Shown;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A request as it came, by whichever protocol. It may hold secrets and does not print them. */
public final class TokenCall {
  private final FormParameters parameters;
  private final List<String> authorization;
  private final List<String> apiKeys;
  private final List<X509Certificate> certificates;
  private final String requestId;
  private final String traceId;

  /**
   * A request.
   *
   * @param authorization the values of that header, in the order they were sent
   * @param apiKeys the values of {@code x-api-key}
   * @param certificates those of the TLS connection, the caller's own first; empty for none
   * @param requestId visible ASCII
   * @param traceId 32 hexadecimal digits, empty for none
   */
  public TokenCall(
      FormParameters parameters,
      List<String> authorization,
      List<String> apiKeys,
      List<X509Certificate> certificates,
      String requestId,
      String traceId) {
    this.parameters = Objects.requireNonNull(parameters);
    this.authorization = List.copyOf(authorization);
    this.apiKeys = List.copyOf(apiKeys);
    this.certificates = List.copyOf(certificates);
    this.requestId = Objects.requireNonNull(requestId);
    this.traceId = Objects.requireNonNull(traceId);
  }

  FormParameters parameters() {
    return parameters;
  }

  List<String> authorization() {
    return authorization;
  }

  List<String> apiKeys() {
    return apiKeys;
  }

  /** What the TLS connection shows; empty where it shows nothing. */
  Optional<Shown.Certificates> certificates() {
    return certificates.isEmpty()
        ? Optional.empty()
        : Optional.of(new Shown.Certificates(certificates));
  }

  /** The base64url SHA-256 of the caller's certificate (RFC 8705, section 3.1). */
  Optional<String> thumbprint() {
    if (certificates.isEmpty()) {
      return Optional.empty();
    }
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(certificates.getFirst().getEncoded());
      return Optional.of(Base64.getUrlEncoder().withoutPadding().encodeToString(hash));
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that came over TLS has an encoding", e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  public String requestId() {
    return requestId;
  }

  public String traceId() {
    return traceId;
  }

  @Override
  public String toString() {
    return "TokenCall[" + requestId + "]";
  }
}
