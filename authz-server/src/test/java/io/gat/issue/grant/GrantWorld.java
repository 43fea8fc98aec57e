package io.gat.issue.grant;

import io.gat.admin.TestGats;
import io.gat.issue.AuditedMinter;
import io.gat.issue.Minter;
import io.gat.issue.RevocationChange;
import io.gat.issue.Revocations;
import io.gat.issue.caller.Callers;
import io.gat.issue.caller.SignedCallers;
import io.gat.issue.caller.TestCallers;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.SigningKey;
import io.gat.keys.TokenSigner;
import io.gat.keys.TrustedKeys;
import io.gat.log.MemoryLog;
import io.gat.revocation.Moment;
import io.gat.revocation.Revocation;
import io.gat.token.JoseTokenVerifier;
import io.gat.token.Place;
import io.gat.token.SignedToken;
import io.gat.token.TrustedIssuer;
import io.gat.token.Verification;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.jose4j.json.JsonUtil;

/** An issuer's endpoints over a log in memory, a clock of their own, and somebody else's tokens. */
public final class GrantWorld implements AutoCloseable {
  public static final String ISSUER = "https://gat.example";

  /** Whose tokens prove somebody. */
  public static final String CI = "https://ci.example";

  public static final Instant START = Instant.parse("2026-11-26T12:00:00Z");

  private static final SigningKey KEY = SigningKey.generate(Algorithm.ES256, CryptoProvider.best());
  private static final SigningKey CI_KEY =
      SigningKey.generate(Algorithm.ES256, CryptoProvider.best());
  private static final SigningKey NOBODYS_KEY =
      SigningKey.generate(Algorithm.ES256, CryptoProvider.best());

  private static final TrustedIssuer TERMS =
      new TrustedIssuer(
          ISSUER,
          Set.of(Algorithm.ES256),
          Set.of("at+jwt"),
          List.of("sub", "jti", "client_id", "scope"),
          Map.of(),
          TrustedIssuer.Audiences.SEVERAL);

  public final TestGats.Trail audit = new TestGats.Trail();
  public final TestGats.Trail refusals = new TestGats.Trail();
  public final TableIssuance issuance = new TableIssuance();
  public final MemoryLog.Store store = new MemoryLog.Store();
  public final List<String> counted = new ArrayList<>();

  /** Those of requests that are judged at a time. */
  final Semaphore places = new Semaphore(1_024);

  public final TokenEndpoint endpoint;
  public final Introspection introspection;
  private final AtomicLong passed = new AtomicLong();
  private final AtomicLong ids = new AtomicLong();
  private final Revocations revocations;
  private final JoseTokenVerifier verifier =
      new JoseTokenVerifier(
          List.of(TERMS), Duration.ofSeconds(5), Duration.ofHours(24), CryptoProvider.best());

  public GrantWorld() {
    Moment.Source clock =
        () -> new Moment(now(), Duration.ofMillis(passed.get()).plusSeconds(1_000));
    revocations = new Revocations(new MemoryLog(store, "w", () -> now()), Duration.ofSeconds(5));
    Callers callers =
        new Callers(
            List.of(
                TestCallers.bySecret(
                    Map.of("s6BhdRkqt3", "7Fjfp0ZBr1KtDRbnfVdmIw", "shop", "a secret: +%/ü")),
                SignedCallers.byTokensOf(CI, CI_KEY),
                SignedCallers.byCertificates(),
                SignedCallers.away()));
    OwnTokens own =
        new OwnTokens(verifier, ISSUER, GrantWorld::keys, () -> revocations.view(clock.now()));
    endpoint =
        new TokenEndpoint(
            ISSUER,
            callers,
            issuance,
            own,
            new AuditedMinter(
                new Minter(ISSUER, KEY, this::now), audit, ISSUER, revocations, this::now),
            refusals,
            clock,
            (grant, outcome, reason, took) ->
                counted.add(
                    grant.map(Grant::word).orElse("none") + " " + outcome.word() + " " + reason),
            places);
    introspection = endpoint.introspection(Map.of("client:shop", Set.of("stock")));
  }

  static KeySet keys() {
    return new KeySet(List.of(KEY.verificationKey()), START, Instant.MAX);
  }

  public Instant now() {
    return START.plusMillis(passed.get());
  }

  /** Time goes on. */
  public void pass(Duration time) {
    passed.addAndGet(time.toMillis());
  }

  /** What a token says that this issuer has signed. */
  public SignedToken read(String compact) {
    Verification verification =
        verifier.verify(
            compact, Place.AUTHORIZATION, TrustedKeys.none().with(ISSUER, keys()), now());
    if (verification instanceof Verification.Verified verified) {
      return verified.token().token();
    }
    throw new AssertionError(verification.toString());
  }

  /** A gat of alice's for orders, with other claims put over it; null takes one away. */
  public String gat(Map<String, Object> over) {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", ISSUER);
    claims.put("sub", "alice");
    claims.put("aud", "orders");
    claims.put("exp", now().getEpochSecond() + 300);
    claims.put("iat", now().getEpochSecond());
    claims.put("jti", "gat-" + ids.incrementAndGet());
    claims.put("client_id", "web");
    claims.put("scope", "orders:read orders:write");
    claims.put("txn", "txn-1");
    return signed(KEY, "at+jwt", claims, over);
  }

  /** The same, signed by nobody who is trusted. */
  public String forged(Map<String, Object> over) {
    Map<String, Object> claims = new LinkedHashMap<>(read(gat(Map.of())).claims());
    return signed(NOBODYS_KEY, "at+jwt", claims, over);
  }

  /** A token of the pretend CI for this issuer. */
  public String job(Map<String, Object> over) {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", CI);
    claims.put("sub", "repo:acme/shop");
    claims.put("aud", ISSUER);
    claims.put("exp", now().getEpochSecond() + 300);
    claims.put("iat", now().getEpochSecond());
    claims.put("jti", "job-" + ids.incrementAndGet());
    return signed(CI_KEY, "jwt", claims, over);
  }

  private static String signed(
      SigningKey key, String type, Map<String, Object> claims, Map<String, Object> over) {
    over.forEach(
        (name, value) -> {
          if (value.equals("absent")) {
            claims.remove(name);
          } else {
            claims.put(name, value);
          }
        });
    return key.sign(
            JsonUtil.toJson(claims), type, new TokenSigner.Facts("any", "anybody", Instant.MAX))
        .compact();
  }

  /** Revokes, and waits until it is in force. */
  public void revoke(Revocation.Selector selector) {
    revocations
        .revoke(
            new RevocationChange.Added(
                revocations.newId(),
                new Revocation(selector, null, now(), Revocation.Reach.ISSUED_BEFORE),
                "leaked",
                "olga"))
        .join();
  }

  /** A form of names and values by turns. */
  public static String form(String... parts) {
    StringBuilder form = new StringBuilder();
    for (int i = 0; i < parts.length; i += 2) {
      form.append(i == 0 ? "" : "&").append(parts[i]).append('=').append(encoded(parts[i + 1]));
    }
    return form.toString();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** A call by client shop, whose secret has all that is hard to encode. */
  public static String basic() {
    return basic("shop", "a secret: +%/ü");
  }

  static String basic(String client, String secret) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString(
                (encoded(client) + ":" + encoded(secret)).getBytes(StandardCharsets.UTF_8));
  }

  /** Asks the endpoint. */
  public Reply ask(String form, String... authorization) {
    return endpoint.answer(call(form, List.of(), authorization));
  }

  /** Asks the endpoint over a TLS connection with a certificate. */
  public Reply ask(String form, List<X509Certificate> certificates, String... authorization) {
    return endpoint.answer(call(form, certificates, authorization));
  }

  static TokenCall call(String form, List<X509Certificate> certificates, String... authorization) {
    FormParameters parameters =
        switch (FormParameters.read(form.getBytes(StandardCharsets.ISO_8859_1))) {
          case FormParameters.Result.Read(FormParameters read) -> read;
          case FormParameters.Result.Malformed(String why) -> throw new AssertionError(why);
        };
    return new TokenCall(
        parameters, List.of(authorization), List.of(), certificates, "request-1", "");
  }

  @Override
  public void close() {
    revocations.close();
  }
}
