package io.gat.perf;

import com.sun.management.OperatingSystemMXBean;
import io.gat.audit.AuditEvent;
import io.gat.audit.AuditLog;
import io.gat.audit.AuditTrail;
import io.gat.audit.CheckpointFile;
import io.gat.audit.CheckpointSigner;
import io.gat.config.ConfigReader;
import io.gat.config.GatConfig;
import io.gat.issue.AuditedMinter;
import io.gat.issue.Jitter;
import io.gat.issue.MintRequest;
import io.gat.issue.Minter;
import io.gat.issue.Revocations;
import io.gat.issue.caller.Callers;
import io.gat.issue.grant.FormParameters;
import io.gat.issue.grant.Grant;
import io.gat.issue.grant.OwnTokens;
import io.gat.issue.grant.Reply;
import io.gat.issue.grant.TokenCall;
import io.gat.issue.grant.TokenEndpoint;
import io.gat.issue.grant.TokenRequests;
import io.gat.issue.ruling.PolicyIssuance;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.SigningKey;
import io.gat.log.EmbeddedLog;
import io.gat.policy.IssuancePolicy;
import io.gat.policy.evaluate.IssuanceRules;
import io.gat.revocation.Moment;
import io.gat.server.ControlPlane;
import io.gat.token.JoseTokenVerifier;
import io.gat.token.TrustedIssuer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * What minting costs, each token in the audit log before anybody has it: by the minter alone, by
 * the endpoint without a network, and over HTTP. What the endpoint is asked is to narrow a gat: of
 * all that it does the dearest, since it verifies a signature too. {@code MintLoad process
 * ALGORITHM FOLDER SECONDS}, {@code MintLoad http CONFIG PORT SECONDS}.
 */
public final class MintLoad {
  /** Nobody asks by a rule here. */
  private static final IssuanceRules NOBODY =
      new IssuanceRules(
          new IssuancePolicy(List.of()), Duration.ofSeconds(60), Duration.ofMinutes(15));

  private static final String ISSUER = "https://perf.example";
  private static final int CALLERS = 48;
  private static final int CONNECTIONS = 32;

  private final Duration window;

  private MintLoad(Duration window) {
    this.window = window;
  }

  /** Makes one token, and throws where it cannot. */
  private interface Mint {
    void once() throws Exception;
  }

  /** Measures, and prints one line a result. */
  public static void main(String[] args) throws Exception {
    MintLoad load = new MintLoad(Duration.ofSeconds(Integer.parseInt(args[3])));
    switch (args[0]) {
      case "process" -> load.inProcess(Algorithm.of(args[1]).orElseThrow(), Path.of(args[2]));
      case "http" -> load.overHttp(Path.of(args[1]), Integer.parseInt(args[2]));
      default -> throw new IllegalArgumentException("process or http");
    }
  }

  private void inProcess(Algorithm algorithm, Path folder) throws Exception {
    CryptoProvider crypto = CryptoProvider.best();
    SigningKey key = SigningKey.generate(algorithm, crypto);
    SigningKey auditKey = SigningKey.generate(Algorithm.ES256, crypto);
    InstantSource clock = InstantSource.system();
    try (EmbeddedLog log = EmbeddedLog.open(folder.resolve("log"), clock, "perf");
        AuditLog audit =
            AuditLog.open(
                log,
                CheckpointSigner.of(() -> auditKey),
                new CheckpointFile(folder.resolve("checkpoints.jsonl")),
                clock);
        Revocations revocations = new Revocations(log, Duration.ofSeconds(5))) {
      Minter minter = new Minter(ISSUER, key, clock);
      AuditedMinter audited = new AuditedMinter(minter, audit, ISSUER, revocations, clock);
      MintRequest request = request();
      AuditedMinter.Cause cause =
          new AuditedMinter.Cause(
              new AuditEvent.Actor(
                  AuditEvent.Actor.Kind.CALLER, "spiffe://cluster.local/ns/shop/sa/checkout", ""),
              "shop/checkout",
              "5a0c2e0e-6a0f-4d1c-8f5a-0c2e0e6a0f4d",
              "");
      measure(
          "minter",
          () ->
              () -> {
                if (!(audited.mint(request, Jitter.SHORTER, cause).join()
                    instanceof AuditedMinter.Outcome.Minted)) {
                  throw new IllegalStateException("not minted");
                }
              });
      TokenEndpoint endpoint = endpoint(crypto, key, audit, audited, revocations);
      byte[] form =
          narrowing(minter.mint(request, Jitter.NONE, "perf").compact())
              .getBytes(StandardCharsets.US_ASCII);
      measure(
          "endpoint",
          () ->
              () -> {
                if (!(FormParameters.read(form) instanceof FormParameters.Result.Read(var read))
                    || !(endpoint.answer(
                            new TokenCall(read, List.of(), List.of(), List.of(), "perf", ""))
                        instanceof Reply.Granted)) {
                  throw new IllegalStateException("not granted");
                }
              });
    }
  }

  private static MintRequest request() {
    return new MintRequest(
        "orders",
        List.of("orders:read", "orders:write"),
        "spiffe://cluster.local/ns/shop/sa/checkout",
        "spiffe://cluster.local/ns/shop/sa/checkout",
        MintRequest.MAX_TTL,
        "",
        Map.of());
  }

  private static TokenEndpoint endpoint(
      CryptoProvider crypto,
      SigningKey key,
      AuditTrail audit,
      AuditedMinter minter,
      Revocations revocations) {
    TrustedIssuer terms =
        new TrustedIssuer(
            ISSUER,
            Set.of(key.algorithm()),
            Set.of("at+jwt"),
            List.of("sub", "jti", "client_id", "scope"),
            Map.of(),
            TrustedIssuer.Audiences.SEVERAL);
    Moment.Source clock = Moment.Source.system();
    KeySet keys = new KeySet(List.of(key.verificationKey()), Instant.now(), Instant.MAX);
    OwnTokens own =
        new OwnTokens(
            new JoseTokenVerifier(
                List.of(terms), Duration.ofSeconds(5), Duration.ofHours(1), crypto),
            ISSUER,
            () -> keys,
            () -> revocations.view(clock.now()));
    return new TokenEndpoint(
        ISSUER,
        new Callers(List.of()),
        new PolicyIssuance(() -> NOBODY),
        own,
        minter,
        audit,
        clock,
        TokenRequests.uncounted());
  }

  private static String narrowing(String gat) {
    return "grant_type="
        + URLEncoder.encode(Grant.TOKEN_EXCHANGE.type(), StandardCharsets.UTF_8)
        + "&subject_token="
        + gat
        + "&subject_token_type="
        + URLEncoder.encode("urn:ietf:params:oauth:token-type:access_token", StandardCharsets.UTF_8)
        + "&scope=orders%3Aread";
  }

  /** Of a server whose files this process may read. */
  private void overHttp(Path file, int port) throws Exception {
    GatConfig config =
        switch (ConfigReader.read(file)) {
          case ConfigReader.Result.Read read -> read.config();
          case ConfigReader.Result.Refused refused ->
              throw new IllegalStateException(refused.problems().toString());
        };
    String gat =
        new Minter(
                ISSUER,
                ControlPlane.borrow(config.issuer().orElseThrow(), CryptoProvider.best()),
                InstantSource.system())
            .mint(request(), Jitter.NONE, "perf")
            .compact();
    String form = narrowing(gat);
    byte[] request =
        ("POST /oauth2/token HTTP/1.1\r\nHost: perf.example\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
                + form.length()
                + "\r\n\r\n"
                + form)
            .getBytes(StandardCharsets.US_ASCII);
    measure(
        "http",
        () -> {
          Socket socket = new Socket();
          socket.setTcpNoDelay(true);
          socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
          OutputStream out = socket.getOutputStream();
          InputStream in = new BufferedInputStream(socket.getInputStream());
          return () -> {
            out.write(request);
            answer(in);
          };
        });
  }

  private static void answer(InputStream in) throws IOException {
    String status = line(in);
    int length = 0;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      if (header.regionMatches(true, 0, "content-length:", 0, 15)) {
        length = Integer.parseInt(header.substring(15).trim());
      }
    }
    byte[] body = in.readNBytes(length);
    if (!status.startsWith("HTTP/1.1 200")) {
      throw new IOException(status + " " + new String(body, StandardCharsets.UTF_8));
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the connection ended");
      }
      if (c != '\r') {
        text.append((char) c);
      }
    }
    return text.toString();
  }

  /** As many as callers that each wait for theirs get; then half of that, offered openly. */
  private void measure(String name, Callable<Mint> callers) throws Exception {
    int number = name.equals("http") ? CONNECTIONS : CALLERS;
    List<Mint> all = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      all.add(callers.call());
    }
    var _ = closed(all, Duration.ofSeconds(4));
    long cpu = cpuNanos();
    double rate = closed(all, window);
    double cpuOfOne = (cpuNanos() - cpu) / 1e3 / (rate * (window.toNanos() / 1e9));
    long[] micros = open(all, (int) (rate / 2));
    System.out.printf(
        Locale.ROOT,
        "%s %.0f %d %.2f %.2f %.0f%n",
        name,
        rate,
        (int) (rate / 2),
        Tally.percentile(micros, 50),
        Tally.percentile(micros, 99),
        cpuOfOne);
  }

  /** Of all threads of this process, SQLite's and the compilers' too. */
  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  private static double closed(List<Mint> callers, Duration time) throws InterruptedException {
    AtomicInteger minted = new AtomicInteger();
    long started = System.nanoTime();
    long end = started + time.toNanos();
    run(
        callers,
        mint -> {
          while (System.nanoTime() - end < 0) {
            mint.once();
            minted.incrementAndGet();
          }
        });
    return minted.get() * 1e9 / (System.nanoTime() - started);
  }

  /** At a fixed rate, whatever the answers take; each latency counts from when it was due. */
  private long[] open(List<Mint> callers, int rate) throws InterruptedException {
    long[] micros = new long[(int) (rate * (window.toNanos() / 1e9))];
    AtomicLong next = new AtomicLong();
    long start = System.nanoTime() + 10_000_000;
    run(
        callers,
        mint -> {
          for (long i = next.getAndIncrement(); i < micros.length; i = next.getAndIncrement()) {
            long due = start + i * 1_000_000_000L / rate;
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
              LockSupport.parkNanos(left);
            }
            mint.once();
            micros[(int) i] = (System.nanoTime() - due) / 1_000;
          }
        });
    Arrays.sort(micros);
    return micros;
  }

  private interface Work {
    void with(Mint mint) throws Exception;
  }

  private static void run(List<Mint> callers, Work work) throws InterruptedException {
    AtomicReference<Optional<Exception>> failure = new AtomicReference<>(Optional.empty());
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < callers.size(); i++) {
      Mint mint = callers.get(i);
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      work.with(mint);
                    } catch (Exception e) {
                      failure.set(Optional.of(e));
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    if (failure.get().isPresent()) {
      throw new IllegalStateException(failure.get().get());
    }
  }
}
