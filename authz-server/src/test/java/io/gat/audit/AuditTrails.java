package io.gat.audit;

import io.gat.log.EmbeddedLog;
import io.gat.log.LogReader;
import java.nio.file.Path;
import java.util.List;

/** What the audit log of a folder has, for tests of other packages. */
public final class AuditTrails {
  private AuditTrails() {}

  /** The ids of the tokens that were issued. */
  public static List<String> tokensIssued(Path folder) throws UnreadableRecordException {
    try (LogReader log = EmbeddedLog.openAsFound(folder)) {
      return AuditFixtures.events(log).stream()
          .filter(event -> event.action() == AuditEvent.Action.TOKEN_ISSUED)
          .map(AuditEvent::tokenId)
          .toList();
    }
  }
}
