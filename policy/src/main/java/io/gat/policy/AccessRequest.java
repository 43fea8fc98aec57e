package io.gat.policy;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One call that somebody wants to make, as the mesh reported it: gat's own view of an ext_authz
 * {@code CheckRequest}.
 *
 * <p>Nothing in it is proved except what the mesh itself vouches for (the principals and the
 * context extensions).
 */
public final class AccessRequest {
  private final String method;
  private final String host;
  private final String target;
  private final String protocol;
  private final Map<String, List<String>> headers;
  private final String sourcePrincipal;
  private final String destinationPrincipal;
  private final String sourceAddress;
  private final String sourceCertificate;
  private final Map<String, String> contextExtensions;
  private final Set<String> addedScopes;
  private final String requestId;
  private final String traceId;
  private final @Nullable Ambiguity ambiguity;

  private AccessRequest(Builder b) {
    this.method = b.method;
    this.host = b.host;
    this.target = b.target;
    this.protocol = b.protocol;
    this.headers = b.headers;
    this.sourcePrincipal = b.sourcePrincipal;
    this.destinationPrincipal = b.destinationPrincipal;
    this.sourceAddress = b.sourceAddress;
    this.sourceCertificate = b.sourceCertificate;
    this.contextExtensions = b.contextExtensions;
    this.requestId = b.requestId;
    this.traceId = b.traceId;
    Optional<Set<String>> added = ContextExtensions.addedScopes(b.contextExtensions);
    this.addedScopes = added.orElse(Set.of());
    this.ambiguity =
        b.ambiguity == null && added.isEmpty() ? Ambiguity.CONTEXT_EXTENSION : b.ambiguity;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** The HTTP method as sent; methods are case-sensitive (RFC 9110, section 9.1). */
  public String method() {
    return method;
  }

  /** The canonical host: lower case, without port and trailing dot; empty where none was sent. */
  public String host() {
    return host;
  }

  /** The request target as sent: the undecoded path with its query. */
  public String target() {
    return target;
  }

  /** The undecoded path: the target up to its first question mark. */
  public String rawPath() {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  /** The undecoded query, without the question mark; empty where there is none. */
  public String rawQuery() {
    int query = target.indexOf('?');
    return query < 0 ? "" : target.substring(query + 1);
  }

  /**
   * True where the call asks to become another protocol: by an {@code upgrade} header (RFC 9110,
   * section 7.8), whatever {@code connection} says, since another server may read that otherwise;
   * or by {@code :protocol} of an extended CONNECT (RFC 8441).
   */
  public boolean isUpgrade() {
    return !protocol.isEmpty() || headers.containsKey("upgrade");
  }

  /** The protocol that the call asks to become; empty where it asks for none, or names none. */
  public String upgrade() {
    return protocol.isEmpty() ? String.join(",", header("upgrade")) : protocol;
  }

  /** Every header by its name in lower case, each with its values in the order they were sent. */
  public Map<String, List<String>> headers() {
    return headers;
  }

  /** The values of one header, empty where it is absent. */
  public List<String> header(String lowerCaseName) {
    return headers.getOrDefault(lowerCaseName, List.of());
  }

  /** The caller's identity by mTLS, empty where the mesh has none. */
  public String sourcePrincipal() {
    return sourcePrincipal;
  }

  /** The called workload's identity by mTLS, empty where the mesh has none. */
  public String destinationPrincipal() {
    return destinationPrincipal;
  }

  /** The caller's IP address without port, empty where the mesh has none. */
  public String sourceAddress() {
    return sourceAddress;
  }

  /** The caller's certificate as the mesh sent it (URL-encoded PEM), empty where it sent none. */
  public String sourceCertificate() {
    return sourceCertificate;
  }

  /** What the mesh's configuration says about this route. */
  public Map<String, String> contextExtensions() {
    return contextExtensions;
  }

  /** The service that the mesh's configuration names for this route; empty where it names none. */
  public String namedService() {
    return contextExtensions.getOrDefault(ContextExtensions.SERVICE, "");
  }

  /** Scopes that the mesh's configuration asks for on this route, beside those of a rule. */
  public Set<String> addedScopes() {
    return addedScopes;
  }

  /** The mesh's id of this request ({@code x-request-id}), empty where it has none. */
  public String requestId() {
    return requestId;
  }

  /** The trace id of {@code traceparent} (32 hex digits), empty where there is none. */
  public String traceId() {
    return traceId;
  }

  /** What makes this request unclear whatever the policy says, if anything does. */
  public Optional<Ambiguity> ambiguity() {
    return Optional.ofNullable(ambiguity);
  }

  /** Without header values: they may hold a credential. */
  @Override
  public String toString() {
    return "AccessRequest[" + method + " " + host + rawPath() + "]";
  }

  /** Collects the parts of an {@link AccessRequest}; every part has an empty default. */
  public static final class Builder {
    private String method = "";
    private String host = "";
    private String target = "";
    private String protocol = "";
    private Map<String, List<String>> headers = Map.of();
    private String sourcePrincipal = "";
    private String destinationPrincipal = "";
    private String sourceAddress = "";
    private String sourceCertificate = "";
    private Map<String, String> contextExtensions = Map.of();
    private String requestId = "";
    private String traceId = "";
    private @Nullable Ambiguity ambiguity;

    private Builder() {}

    public Builder method(String value) {
      this.method = Objects.requireNonNull(value);
      return this;
    }

    public Builder host(String value) {
      this.host = Objects.requireNonNull(value);
      return this;
    }

    public Builder target(String value) {
      this.target = Objects.requireNonNull(value);
      return this;
    }

    /** The {@code :protocol} of an extended CONNECT (RFC 8441, section 4). */
    public Builder protocol(String value) {
      this.protocol = Objects.requireNonNull(value);
      return this;
    }

    /** Takes the map as it is: the caller must not change it afterwards. */
    public Builder headers(Map<String, List<String>> value) {
      this.headers = Objects.requireNonNull(value);
      return this;
    }

    public Builder sourcePrincipal(String value) {
      this.sourcePrincipal = Objects.requireNonNull(value);
      return this;
    }

    public Builder destinationPrincipal(String value) {
      this.destinationPrincipal = Objects.requireNonNull(value);
      return this;
    }

    public Builder sourceAddress(String value) {
      this.sourceAddress = Objects.requireNonNull(value);
      return this;
    }

    public Builder sourceCertificate(String value) {
      this.sourceCertificate = Objects.requireNonNull(value);
      return this;
    }

    /** Takes the map as it is: the caller must not change it afterwards. */
    public Builder contextExtensions(Map<String, String> value) {
      this.contextExtensions = Objects.requireNonNull(value);
      return this;
    }

    public Builder requestId(String value) {
      this.requestId = Objects.requireNonNull(value);
      return this;
    }

    public Builder traceId(String value) {
      this.traceId = Objects.requireNonNull(value);
      return this;
    }

    /** Marks the request as unclear; the first mark stays. */
    public Builder ambiguous(Ambiguity why) {
      if (ambiguity == null) {
        ambiguity = Objects.requireNonNull(why);
      }
      return this;
    }

    public AccessRequest build() {
      return new AccessRequest(this);
    }
  }
}
