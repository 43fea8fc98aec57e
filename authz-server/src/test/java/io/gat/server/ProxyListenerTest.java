package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.call.AnswerForm;
import io.gat.call.Flavour;
import io.gat.call.Gatekeeper;
import io.gat.call.HeaderBudget;
import io.gat.call.ProxyAnswers;
import io.gat.call.UpstreamHeaders;
import io.gat.config.HttpAuthzConfig;
import io.gat.config.ListenAddress;
import io.gat.policy.AccessRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever reaches such a listener can ask it anything, so its operator is told where it stands. */
class ProxyListenerTest {
  /** One that has no answers; nobody asks it. */
  private static final class Silent implements Gatekeeper {
    @Override
    public <A> A answer(Supplier<AccessRequest> request, AnswerForm<A> form) {
      return form.internalError();
    }
  }

  private static final class Events extends Handler {
    private final List<LogRecord> all = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord event) {
      all.add(event);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({"127.0.0.1,0", "localhost,0", "0.0.0.0,1", "::,1"})
  void addressThatOthersReachIsWarnedAbout(String host, int warnings) throws Exception {
    Logger logger = Logger.getLogger(ProxyListener.class.getName());
    Events events = new Events();
    logger.addHandler(events);
    try (HttpListener listener =
        ProxyListener.start(
            new HttpAuthzConfig(new ListenAddress.Http(host, 0), Flavour.NGINX, ""),
            Duration.ZERO,
            new Silent(),
            new ProxyAnswers(Flavour.NGINX, UpstreamHeaders.standard(), HeaderBudget.standard()))) {
      assertTrue(listener.port() > 0);
    } finally {
      logger.removeHandler(events);
    }

    assertEquals(
        warnings, events.all.stream().filter(e -> e.getLevel().equals(Level.WARNING)).count());
  }
}
