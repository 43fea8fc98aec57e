package io.gat.server;

import io.gat.admin.AdminOperation;
import io.gat.admin.OpenOperation;
import io.gat.admin.OperatorAudit;
import io.gat.admin.OperatorGate;
import io.gat.admin.TestGats;
import io.gat.config.AdminConfig;
import io.gat.config.ListenAddress;
import io.gat.decide.KeyRefresher;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.SigningKey;
import io.gat.keys.TrustedKeys;
import io.gat.revocation.Moment;
import io.gat.token.TrustedIssuer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** An admin API on a free port with an issuer's key, and what it has audited and counted. */
public final class AdminWorld implements AutoCloseable {
  public static final String ISSUER = "https://gat.example";
  public static final CryptoProvider CRYPTO = CryptoProvider.jdk();
  private static final SigningKey KEY = SigningKey.generate(Algorithm.ES256, CRYPTO);

  public final TestGats gats = new TestGats(ISSUER, KEY);
  public final TestGats.Trail trail = new TestGats.Trail();
  public final TestGats.Trail refusals = new TestGats.Trail();
  public final List<String> counted = Collections.synchronizedList(new ArrayList<>());
  private final HttpListener listener;

  /** Starts. */
  public AdminWorld(List<AdminOperation> operations, List<OpenOperation> open) {
    try {
      listener =
          new AdminApi(
                  gate(),
                  new OperatorAudit(trail, refusals),
                  (operation, outcome) -> counted.add(operation + " " + outcome.word()))
              .start(
                  new AdminConfig(
                      new ListenAddress.Http("127.0.0.1", 0),
                      Optional.of(ISSUER),
                      Optional.empty(),
                      Optional.empty()),
                  operations,
                  open);
    } catch (StartException e) {
      throw new IllegalStateException(e);
    }
  }

  private static OperatorGate gate() {
    TrustedIssuer terms =
        new TrustedIssuer(
            ISSUER,
            Set.of(Algorithm.ES256),
            Set.of("at+jwt"),
            List.of("sub", "jti", "client_id", "scope"),
            Map.of(),
            TrustedIssuer.Audiences.SEVERAL);
    TrustedKeys keys =
        TrustedKeys.none()
            .with(ISSUER, new KeySet(List.of(KEY.verificationKey()), Instant.now(), Instant.MAX));
    return new AdminApi.Verification(
            Duration.ofSeconds(5),
            Duration.ofMinutes(15),
            CRYPTO,
            KeyRefresher.none(),
            Moment.Source.system())
        .gate(terms, () -> new OperatorGate.Evidence(Map.of(), keys));
  }

  /** An operator's gat. */
  public String gat(String... scopes) {
    return gats.make("olga", "cli", Set.of(scopes), Duration.ofMinutes(5)).compact();
  }

  public int port() {
    return listener.port();
  }

  /** Its address. */
  public String url() {
    return "http://127.0.0.1:" + port();
  }

  @Override
  public void close() {
    listener.close();
  }
}
