package io.gat.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.gat.audit.AuditEvent;
import io.gat.audit.AuditEvent.Action;
import io.gat.audit.AuditEvent.Actor;
import io.gat.audit.AuditEvent.Outcome;
import io.gat.audit.AuditLog;
import io.gat.audit.CheckpointSigner;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.SigningKey;
import io.gat.log.LogRecord;
import io.gat.log.MemoryLog;
import io.gat.log.Topic;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a collector gets. */
final class AuditOtlpExportTest {
  private static final SigningKey KEY = SigningKey.generate(Algorithm.ES256, CryptoProvider.best());

  @TempDir private Path folder;
  private final MemoryLog log = new MemoryLog();
  private final BlockingQueue<io.opentelemetry.proto.logs.v1.LogRecord> received =
      new LinkedBlockingQueue<>();
  private final AtomicInteger status = new AtomicInteger(200);
  private final BlockingQueue<Integer> answered = new LinkedBlockingQueue<>();
  private final HttpServer collector;

  AuditOtlpExportTest() throws IOException {
    collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext("/v1/logs", this::collect);
    collector.start();
  }

  @AfterEach
  void stops() {
    collector.stop(0);
  }

  private void collect(HttpExchange exchange) throws IOException {
    try (exchange;
        InputStream body = new GZIPInputStream(exchange.getRequestBody())) {
      ExportLogsServiceRequest request = ExportLogsServiceRequest.parseFrom(body);
      int answer = status.get();
      if (answer == 200) {
        request
            .getResourceLogsList()
            .forEach(
                r -> r.getScopeLogsList().forEach(s -> received.addAll(s.getLogRecordsList())));
      }
      exchange.sendResponseHeaders(answer, -1);
      answered.add(answer);
    }
  }

  private URI url() {
    return URI.create("http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/logs");
  }

  private AuditOtlpExport export() {
    return AuditOtlpExport.start(log, url(), folder.resolve("otlp.position"));
  }

  private void record(String... subjects) {
    try (AuditLog audit =
        AuditLog.open(log, CheckpointSigner.of(() -> KEY), signed -> {}, InstantSource.system())) {
      for (String subject : subjects) {
        audit
            .record(
                AuditEvent.about(
                        Action.TOKEN_ISSUED,
                        Outcome.DONE,
                        new Actor(Actor.Kind.CALLER, "k8s:shop/web", ""))
                    .withSubject(subject)
                    .withScopes(List.of("cart:read", "cart:write"))
                    .event())
            .join();
      }
    }
  }

  private List<String> written() {
    return log.read(0, Integer.MAX_VALUE, Set.of(Topic.AUDIT)).stream()
        .map(LogRecord::payload)
        .toList();
  }

  private List<io.opentelemetry.proto.logs.v1.LogRecord> take(int count)
      throws InterruptedException {
    List<io.opentelemetry.proto.logs.v1.LogRecord> taken = new ArrayList<>();
    while (taken.size() < count) {
      taken.add(received.take());
    }
    return taken;
  }

  private static AnyValue attribute(io.opentelemetry.proto.logs.v1.LogRecord record, String name) {
    return record.getAttributesList().stream()
        .filter(a -> a.getKey().equals("gat.audit." + name))
        .map(KeyValue::getValue)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void sendsEveryRecordAsItWasWritten() throws Exception {
    record("a", "b");
    try (var _ = export()) {
      List<io.opentelemetry.proto.logs.v1.LogRecord> sent = take(4);
      assertEquals(written(), sent.stream().map(r -> r.getBody().getStringValue()).toList());
      io.opentelemetry.proto.logs.v1.LogRecord issued = sent.get(1);
      assertEquals("gat.audit.token_issued", issued.getEventName());
      assertEquals("a", attribute(issued, "subject").getStringValue());
      assertEquals(2, attribute(issued, "position").getIntValue());
      assertEquals(
          List.of("cart:read", "cart:write"),
          attribute(issued, "scope").getArrayValue().getValuesList().stream()
              .map(AnyValue::getStringValue)
              .toList());
      assertTrue(issued.getTimeUnixNano() > 0);
    }
  }

  @Test
  void losesNothingWhileTheCollectorIsAway() throws Exception {
    status.set(503);
    try (AuditOtlpExport export = export()) {
      record("a", "b");
      while (answered.take() != 503) {}
      assertEquals(0, received.size());
      assertEquals(0, export.position());
      status.set(200);
      take(1);
    }
    // What was not sent before the end comes after the next start.
    record("c");
    try (var _ = export()) {
      List<String> rest = written();
      String last = "";
      while (!last.equals(rest.getLast())) {
        last = received.take().getBody().getStringValue();
      }
    }
  }

  @Test
  void goesOnWhereItWas() throws Exception {
    record("a");
    try (AuditOtlpExport export = export()) {
      take(3);
      while (export.position() < 3) {
        Thread.onSpinWait();
      }
    }
    assertEquals(
        log.incarnation() + " 3", Files.readString(folder.resolve("otlp.position")).strip());
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(folder.resolve("otlp.position"))));
    record("b");
    try (var _ = export()) {
      assertEquals(
          written().subList(3, 6),
          take(3).stream().map(r -> r.getBody().getStringValue()).toList());
    }
    assertEquals(0, received.size());
  }

  @Test
  void endsWhileTheCollectorIsAway() throws Exception {
    status.set(503);
    record("a");
    AuditOtlpExport export = export();
    while (answered.take() != 503) {}
    export.close();
    assertEquals(0, export.position());
  }

  @Test
  void beginsAnewWithAnotherLog() throws Exception {
    record("a");
    Files.writeString(folder.resolve("otlp.position"), "another-incarnation000 1000000\n");
    try (var _ = export()) {
      assertEquals(written(), take(3).stream().map(r -> r.getBody().getStringValue()).toList());
    }
  }
}
