package io.gat.server;

import io.gat.FreePort;
import io.gat.config.ConfigReader;
import io.gat.config.GatConfig;
import io.gat.issue.Jitter;
import io.gat.issue.MintRequest;
import io.gat.issue.Minter;
import io.gat.keys.SigningKey;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A whole server with a listener for each proxy that asks over plain HTTP. */
final class ProxiedWorld implements AutoCloseable {
  private static final String ISSUER = "https://gat.example";

  final int envoyPort;
  final int nginxPort;
  final int traefikPort;
  private final Path folder;
  private final GatServer server;

  ProxiedWorld(Path folder) throws IOException, StartException {
    this.folder = folder;
    List<Integer> ports = Stream.generate(FreePort::next).limit(5).toList();
    this.envoyPort = ports.get(0);
    this.nginxPort = ports.get(1);
    this.traefikPort = ports.get(2);
    Files.writeString(
        folder.resolve("policy.yaml"),
        """
        version: gat/v1
        service: orders
        hosts: [orders.example]
        audience: orders
        rules:
          - {name: read, methods: [GET, HEAD], paths: ["/v1/orders/{id}"], scopes: [orders:read]}
          - {name: write, methods: [POST], paths: ["/v1/orders"], scopes: [orders:write]}
          - {name: health, methods: [GET], paths: ["/healthz"], public: true}
          - {name: near, methods: [GET], paths: ["/near"], public: true, from: {networks: ["127.0.0.0/8", "::1"]}}
        ---
        version: gat/v1
        service: billing
        hosts: [billing.example]
        audience: billing
        credential: txn-token
        rules: [{name: bills, methods: [GET], paths: ["/bills"], scopes: [orders:read]}]
        ---
        version: gat/v1
        service: legacy
        hosts: [legacy.example]
        audience: legacy
        upstream: {remove-query: access_token}
        rules: [{name: old, methods: [GET], paths: ["/old"], public: true}]
        ---
        version: gat/v1
        service: events
        hosts: [127.0.0.1]
        audience: orders
        rules:
          - {name: listen, methods: [GET], paths: ["/v1/events"], scopes: [orders:read], upgrade: true, max-stream: 1h}
          - {name: quiet, methods: [GET], paths: ["/v1/quiet"], scopes: [orders:read]}
        """);
    Files.writeString(
        folder.resolve("gat.yaml"),
        """
        gat:
          roles: [authz, issuer]
          authz:
            listen: "unix://%s"
            http:
              - {listen: "http://127.0.0.1:%d", flavour: envoy}
              - {listen: "http://127.0.0.1:%d", flavour: nginx}
              - {listen: "http://127.0.0.1:%d", flavour: traefik}
            policy: policy.yaml
            trust:
              - issuer: "%s"
                algorithms: [ES256]
                keys: {feed: "tcp://127.0.0.1:9193"}
                types: [at+jwt, txntoken+jwt]
              - issuer: "https://away.example"
                algorithms: [ES256]
                keys: {url: "http://127.0.0.1:9/jwks"}
          issuer:
            url: "%s"
            listen: "http://127.0.0.1:%d"
            log: {embedded: data/}
          health: {listen: "http://127.0.0.1:%d"}
        """
            .formatted(
                folder.resolve("a.sock"),
                envoyPort,
                nginxPort,
                traefikPort,
                ISSUER,
                ISSUER,
                ports.get(3),
                ports.get(4)));
    this.server = GatServer.start(config(), OutputStream.nullOutputStream());
  }

  private GatConfig config() {
    return switch (ConfigReader.read(folder.resolve("gat.yaml"))) {
      case ConfigReader.Result.Read read -> read.config();
      case ConfigReader.Result.Refused refused -> throw new AssertionError(refused.problems());
    };
  }

  private SigningKey key() {
    return IssuersKey.in(folder.resolve("data"));
  }

  /** A token of the issuer in this server. */
  String token(String audience, String scope) {
    return new Minter(ISSUER, key(), InstantSource.system())
        .mint(
            new MintRequest(
                audience, List.of(scope), "alice", "shop", Duration.ofMinutes(5), "", Map.of()),
            Jitter.NONE,
            "somebody")
        .compact();
  }

  /** A transaction token of the issuer in this server. */
  String transactionToken() {
    long now = InstantSource.system().instant().getEpochSecond();
    return key()
        .sign(
            """
            {"iss":"%s","sub":"alice","aud":"billing","client_id":"shop","jti":"j1","scope":"orders:read",\
            "iat":%d,"exp":%d}"""
                .formatted(ISSUER, now, now + 60),
            "txntoken+jwt");
  }

  /** A token of an issuer whose keys nobody has. */
  String tokenWithoutKeys() {
    long now = InstantSource.system().instant().getEpochSecond();
    return key()
        .sign(
            """
            {"iss":"https://away.example","sub":"alice","aud":"orders","client_id":"shop","jti":"j1",\
            "scope":"orders:read","iat":%d,"exp":%d}"""
                .formatted(now, now + 60),
            "at+jwt");
  }

  @Override
  public void close() {
    server.close();
  }
}
