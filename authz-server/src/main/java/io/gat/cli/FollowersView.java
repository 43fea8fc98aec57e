package io.gat.cli;

import io.gat.log.LogStatus;
import io.gat.server.ControlPlane;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Which authz servers follow the issuer of a log, where somebody can tell. */
sealed interface FollowersView {
  /**
   * Nobody can tell.
   *
   * @param why a line for a person
   */
  record Unknown(String why) implements FollowersView {
    public Unknown {
      Objects.requireNonNull(why);
    }
  }

  /**
   * As the issuer says.
   *
   * @param writer its name among all that write to the log
   * @param feed the member of this name of its status
   */
  record Known(String writer, Map<String, Object> feed) implements FollowersView {
    private static final int LONGEST_NAME = 40;
    private static final String FORM = "  %-40s  %12s  %8s  %8s";

    public Known {
      Objects.requireNonNull(writer);
      feed = Collections.unmodifiableMap(new LinkedHashMap<>(feed));
    }

    /** How many there are, and how many of them are late. */
    String summary() {
      if (feed.get("problem") instanceof String problem) {
        return "none can connect: " + PlainText.of(problem, 200);
      }
      return feed.get("connected")
          + " connected, "
          + feed.get("stale")
          + " stale, "
          + feed.get("behind")
          + " behind";
    }

    /** One line each under a heading; no lines where there are none. */
    List<String> table() {
      List<String> lines = new ArrayList<>();
      if (feed.get("servers") instanceof List<?> servers && !servers.isEmpty()) {
        lines.add(String.format(Locale.ROOT, FORM, "SERVER", "POSITION", "LAG", "LEASE"));
        for (Object one : servers) {
          if (one instanceof Map<?, ?> server) {
            lines.add(line(server));
          }
        }
      }
      return lines;
    }

    private static String line(Map<?, ?> server) {
      String lease =
          server.get("lease_ms") instanceof Number ms && ms.longValue() > 0
              ? String.format(Locale.ROOT, "%.1fs", ms.longValue() / 1_000.0)
              : "stale";
      return String.format(
          Locale.ROOT,
          FORM,
          PlainText.of(String.valueOf(server.get("name")), LONGEST_NAME),
          server.get("position"),
          server.get("lag"),
          lease);
    }
  }

  /** Asks the issuer, where it runs. */
  static FollowersView of(AdminOptions admin, LogStatus status) {
    if (status.holder().filter(who -> who.startsWith(ControlPlane.SERVER)).isEmpty()) {
      return new Unknown("the issuer does not run, and only it knows them");
    }
    try {
      AdminAnswer answer = admin.client().call("GET", "/v1/status", Map.of(), "");
      Map<String, Object> members = answer.members();
      if (members.get("log") instanceof Map<?, ?> log
          && members.get("feed") instanceof Map<?, ?> feed) {
        if (!status.incarnation().equals(log.get("incarnation"))) {
          return new Unknown(admin.server() + " is the server of another log; give --server URL");
        }
        Map<String, Object> told = new LinkedHashMap<>();
        feed.forEach((name, value) -> told.put(String.valueOf(name), value));
        return new Known(String.valueOf(log.get("writer")), told);
      }
      return new Unknown(admin.server() + " is of another version");
    } catch (UnusableInput e) {
      return new Unknown(String.valueOf(e.getMessage()));
    }
  }
}
