package io.gat.promise;

import io.gat.FreePort;
import io.gat.admin.OperatorGats;
import io.gat.admin.TestGats;
import io.gat.keys.SigningKey;
import io.gat.server.IssuersKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** An issuer, authz servers that follow it through links, and their files. */
final class World implements AutoCloseable {
  static final String ISSUER = "https://gat.example";

  /** How far the issuer's clock goes beside the machine's. */
  static final int ISSUERS_STEP_S = 20;

  /** What a process that is an issuer only gives its revocations. */
  static final Duration LEEWAY = Duration.ofSeconds(5);

  /** A start may take long where other tests run beside it. */
  static final Duration START = Duration.ofMinutes(2);

  private static final Duration GAT_LIFE = Duration.ofMinutes(10);
  private static final int DISK_MEGABYTES = 64;

  final History history = new History();
  final GatProcess issuer;
  final List<AuthzServer> servers = new ArrayList<>();
  final Optional<SmallDisk> disk;
  final IssuerCalls calls;

  /** Of the same log: there is one writer, so it begins by taking the log from the other one. */
  final Optional<Rival> rival;

  private final Plan plan;
  private final Path data;
  private @Nullable OperatorGats operators;

  /**
   * What a world is made of.
   *
   * @param authzServers how many
   * @param smallDisk whether the issuer's log lies on a disk that can be filled, where that can be
   *     had
   * @param inFront classes that take precedence over those under test
   * @param rival whether authz servers may also follow an issuer that has not started, and takes
   *     the log over when it does
   * @param services how many there are, one audience each
   */
  record Plan(
      Path folder,
      Duration maxStaleness,
      int authzServers,
      boolean smallDisk,
      Optional<Path> inFront,
      boolean rival,
      int services) {}

  /** Writes all files; nothing runs yet. */
  World(Plan plan) throws IOException {
    this.plan = plan;
    Path folder = Files.createDirectories(plan.folder());
    Path disks = Files.createDirectories(folder.resolve("disk"));
    this.disk = plan.smallDisk() ? SmallDisk.mount(disks, DISK_MEGABYTES) : Optional.empty();
    this.data = disk.map(SmallDisk::seenFromHere).orElse(disks).resolve("data");
    int feedPort = FreePort.next();
    int adminPort = FreePort.next();
    int issuerPort = FreePort.next();
    this.calls = new IssuerCalls(adminPort, issuerPort, this::operatorsGat, history);
    Files.writeString(folder.resolve("issuer.yaml"), issuerConfig(issuerPort, feedPort, adminPort));
    this.issuer = process("issuer", disk.map(SmallDisk::enter).orElse(List.of()));
    this.rival = plan.rival() ? Optional.of(makeRival()) : Optional.empty();
    Path policy = Files.createDirectories(folder.resolve("policy"));
    for (int service = 0; service < plan.services(); service++) {
      Files.writeString(policy.resolve("s" + service + ".yaml"), policy(service));
    }
    for (int i = 0; i < plan.authzServers(); i++) {
      int port = FreePort.next();
      Link link = new Link(feedPort);
      Files.writeString(folder.resolve("authz" + i + ".yaml"), authzConfig(port, link.port()));
      servers.add(new AuthzServer(i, port, process("authz" + i, List.of()), link, history));
    }
  }

  /** Another issuer of the same log. */
  record Rival(GatProcess process, IssuerCalls calls, int feedPort) {}

  private Rival makeRival() throws IOException {
    int rivalsPort = FreePort.next();
    int rivalsAdmin = FreePort.next();
    int rivalsFeed = FreePort.next();
    Files.writeString(
        plan.folder().resolve("rival.yaml"), issuerConfig(rivalsPort, rivalsFeed, rivalsAdmin));
    return new Rival(
        process("rival", List.of()),
        new IssuerCalls(rivalsAdmin, rivalsPort, this::operatorsGat, history),
        rivalsFeed);
  }

  /** Starts the rival, which gets the log as where a volume's locks do not work. */
  IssuerCalls startRival() throws IOException, InterruptedException {
    Rival other = rival.orElseThrow();
    Files.delete(data.resolve("log.lock"));
    other.process().start();
    if (!other.process().awaitReady(START)) {
      throw new AssertionError("the rival does not start; see " + other.process().said());
    }
    return other.calls();
  }

  private GatProcess process(String name, List<String> enter) {
    return new GatProcess(
        name,
        new GatProcess.Setup(
            plan.folder(), plan.folder().resolve(name + ".yaml"), enter, plan.inFront()));
  }

  static String audience(int service) {
    return "service-" + service;
  }

  static String host(int service) {
    return audience(service) + ".example";
  }

  private static String policy(int service) {
    return """
    version: gat/v1
    service: %s
    hosts: [%s]
    audience: %s
    rules:
      - {name: read, methods: [GET], paths: ["/v1/orders"], scopes: ["orders:read"]}
    """
        .formatted(audience(service), host(service), audience(service));
  }

  static String issuerConfig(int issuerPort, int feedPort, int adminPort) {
    return """
    gat:
      roles: [issuer]
      issuer:
        url: "%s"
        listen: "http://127.0.0.1:%d"
        log: {embedded: disk/data}
        feed: {listen: "tcp://127.0.0.1:%d"}
      health: {listen: "http://127.0.0.1:0"}
      admin: {listen: "http://127.0.0.1:%d"}
    """
        .formatted(ISSUER, issuerPort, feedPort, adminPort);
  }

  private String authzConfig(int port, int linkPort) {
    String feeds =
        IntStream.concat(IntStream.of(linkPort), rival.stream().mapToInt(Rival::feedPort))
            .mapToObj(p -> "\"tcp://127.0.0.1:" + p + "\"")
            .collect(Collectors.joining(", "));
    return """
    gat:
      roles: [authz]
      authz:
        listen: "tcp://127.0.0.1:%d"
        policy: policy/
        trust:
          - issuer: "%s"
            algorithms: [ES256]
            keys: {feed: [%s]}
        leeway: 2m
        freshness: {max-staleness: %dms}
      health: {listen: "http://127.0.0.1:0"}
      admin: {listen: "http://127.0.0.1:0"}
    """
        .formatted(port, ISSUER, feeds, plan.maxStaleness().toMillis());
  }

  /** Starts all processes; returns once a token is allowed by every authz server. */
  Token start() throws InterruptedException {
    issuer.start();
    if (!issuer.awaitReady(START)) {
      throw new AssertionError("the issuer does not start; see " + issuer.said());
    }
    servers.forEach(server -> server.process.start());
    for (AuthzServer server : servers) {
      if (!server.process.awaitReady(START)) {
        throw new AssertionError("an authz server does not start; see " + server.process.said());
      }
    }
    Token first = mint("first");
    for (AuthzServer server : servers) {
      Waits.until(
          server.process.name() + " is fresh",
          START,
          () -> server.check(first).answer().equals("ok"));
    }
    return first;
  }

  /** A token of a subject of its own. */
  Token mint(String subject) throws InterruptedException {
    return mint(calls, subject);
  }

  /** A token of a subject of its own, by one of the issuers. */
  static Token mint(IssuerCalls by, String subject) throws InterruptedException {
    long from = System.nanoTime();
    while (true) {
      if (by.mint(0, subject, subject + "-client") instanceof IssuerCalls.Mint.Minted minted) {
        return minted.token();
      }
      if (System.nanoTime() - from > START.toNanos()) {
        throw new AssertionError("the issuer mints nothing");
      }
      Waits.briefly();
    }
  }

  /** Made by the issuer's own key, a new one for each call: no revocation so far hits it. */
  private synchronized String operatorsGat() {
    OperatorGats gats = operators;
    if (gats == null) {
      gats = new TestGats(ISSUER, key(), () -> Instant.now().minusSeconds(ISSUERS_STEP_S));
      operators = gats;
    }
    return gats.make("olga", "promise", OperatorGats.ALL_SCOPES, GAT_LIFE).compact();
  }

  /** From a copy: SQLite opens no file by the way on which this process sees another's mounts. */
  private SigningKey key() {
    Path copy = plan.folder().resolve("key");
    try {
      Files.createDirectory(copy);
      for (String file : List.of("log.db", "log.db-wal", "key-encryption-key")) {
        Files.copy(data.resolve(file), copy.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
      }
      return IssuersKey.in(copy);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  Plan plan() {
    return plan;
  }

  @Override
  public void close() throws IOException {
    for (AuthzServer server : servers) {
      server.close();
    }
    issuer.close();
    rival.ifPresent(other -> other.process().close());
    if (disk.isPresent()) {
      disk.get().close();
    }
  }
}
