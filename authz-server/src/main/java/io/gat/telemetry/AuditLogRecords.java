package io.gat.telemetry;

import io.gat.audit.AuditEvent;
import io.gat.audit.AuditRecord;
import io.gat.audit.AuditRecord.Content;
import io.gat.audit.AuditRecordJson;
import io.gat.audit.UnreadableRecordException;
import io.gat.log.LogRecord;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.logs.LogRecordBuilder;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.logs.LogRecordProcessor;
import io.opentelemetry.sdk.logs.ReadWriteLogRecord;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.resources.Resource;
import java.util.ArrayList;
import java.util.List;

/**
 * Audit records as OpenTelemetry log records. The body is the record as it was written, so that
 * what a collector keeps can be verified like any other export; what one searches by stands in
 * attributes, too. For one thread.
 */
final class AuditLogRecords implements AutoCloseable {
  private final List<LogRecordData> made = new ArrayList<>();
  private final SdkLoggerProvider provider;
  private final Logger logger;

  AuditLogRecords() {
    this.provider =
        SdkLoggerProvider.builder()
            .setResource(
                Resource.getDefault().toBuilder()
                    .put(AttributeKey.stringKey("service.name"), "gat")
                    .build())
            .addLogRecordProcessor(new Kept())
            .build();
    this.logger = provider.get("io.gat.audit");
  }

  /** Keeps what the logger is told, in place of sending it at some time. */
  private final class Kept implements LogRecordProcessor {
    @Override
    public void onEmit(Context context, ReadWriteLogRecord record) {
      made.add(record.toLogRecordData());
    }
  }

  /** What is told of some records, in their order. */
  List<LogRecordData> of(List<LogRecord> records) {
    made.clear();
    records.forEach(this::emit);
    return List.copyOf(made);
  }

  private void emit(LogRecord record) {
    LogRecordBuilder builder =
        logger
            .logRecordBuilder()
            .setContext(Context.root())
            .setBody(record.payload())
            .setAttribute(AttributeKey.longKey("gat.audit.position"), record.position());
    try {
      AuditRecord read = AuditRecordJson.read(record.payload());
      builder
          .setTimestamp(read.time())
          .setAttribute(AttributeKey.stringKey("gat.audit.writer"), read.writer())
          .setAttribute(AttributeKey.longKey("gat.audit.sequence"), read.sequence());
      switch (read.content()) {
        case Content.Happened happened -> describe(builder, happened.event());
        case Content.Signed checkpoint ->
            builder.setEventName("gat.audit.checkpoint").setSeverity(Severity.INFO);
      }
    } catch (UnreadableRecordException e) {
      // Damaged, or of a later version: whoever reads it can tell by its body.
      builder
          .setTimestamp(record.at())
          .setEventName("gat.audit.unreadable")
          .setSeverity(Severity.ERROR);
    }
    builder.emit();
  }

  private static void describe(LogRecordBuilder builder, AuditEvent event) {
    builder
        .setEventName("gat.audit." + event.action().word())
        .setSeverity(
            switch (event.outcome()) {
              case DONE -> Severity.INFO;
              case REFUSED -> Severity.WARN;
            })
        .setAttribute(AttributeKey.stringKey("gat.audit.action"), event.action().word())
        .setAttribute(AttributeKey.stringKey("gat.audit.outcome"), event.outcome().word())
        .setAttribute(AttributeKey.stringKey("gat.audit.actor.kind"), event.actor().kind().word());
    attribute(builder, "reason", event.reason());
    attribute(builder, "actor.name", event.actor().name());
    attribute(builder, "subject", event.subject());
    attribute(builder, "client", event.client());
    attribute(builder, "token_id", event.tokenId());
    attribute(builder, "kid", event.kid());
    attribute(builder, "rule", event.rule());
    attribute(builder, "request_id", event.requestId());
    attribute(builder, "trace_id", event.traceId());
    attribute(builder, "audience", event.audiences());
    attribute(builder, "scope", event.scopes());
  }

  private static void attribute(LogRecordBuilder builder, String name, String value) {
    if (!value.isEmpty()) {
      builder.setAttribute(AttributeKey.stringKey("gat.audit." + name), value);
    }
  }

  private static void attribute(LogRecordBuilder builder, String name, List<String> values) {
    if (!values.isEmpty()) {
      builder.setAttribute(AttributeKey.stringArrayKey("gat.audit." + name), values);
    }
  }

  @Override
  public void close() {
    provider.close();
  }
}
