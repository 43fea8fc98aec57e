package io.gat.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * SIGTERM and SIGINT, each time one arrives. A shutdown hook would hear only of the first, and
 * could not tell the exit code. The JDK's class for it is not part of the Java platform, so it is
 * looked up, and where it is missing the JVM ends as it always does.
 */
final class TerminationSignals implements AutoCloseable {
  private static final List<String> NAMES = List.of("TERM", "INT");

  private final List<Runnable> restore = new ArrayList<>();

  private TerminationSignals() {}

  /**
   * Listens until it is closed.
   *
   * @param listener gets the signal's number; on a thread of the JVM
   */
  static TerminationSignals listen(IntConsumer listener) {
    TerminationSignals signals = new TerminationSignals();
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object own =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      Object which = arguments[0];
                      listener.accept((Integer) signal.getMethod("getNumber").invoke(which));
                      yield null;
                    }
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> false; // nobody asks
                    default -> "gat's signal handler";
                  });
      for (String name : NAMES) {
        Object one = signal.getConstructor(String.class).newInstance(name);
        Object before = signal.getMethod("handle", signal, handler).invoke(null, one, own);
        signals.restore.add(() -> restore(signal, handler, one, before));
      }
    } catch (ReflectiveOperationException e) {
      // Another kind of JVM, or one that was told to leave signals alone (-Xrs).
    }
    return signals;
  }

  private static void restore(Class<?> signal, Class<?> handler, Object one, Object before) {
    try {
      signal.getMethod("handle", signal, handler).invoke(null, one, before);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("a signal handler that was there cannot be set", e);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the JDK's signals were there a moment ago", e);
    }
  }

  @Override
  public void close() {
    restore.forEach(Runnable::run);
    restore.clear();
  }
}
