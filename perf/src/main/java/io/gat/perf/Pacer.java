package io.gat.perf;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * Calls at a fixed rate over kept connections, whatever the answers take: each latency counts from
 * when its call was due, so a server that stalls pays for the calls that had to wait.
 *
 * <p>It first makes as many calls to another port, so that what it measures is the server's start
 * and not its own.
 */
public final class Pacer {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final List<byte[]> requests;
  private final int connections;

  private Pacer(List<byte[]> requests, int connections) {
    this.requests = requests;
    this.connections = connections;
  }

  /**
   * {@code WARM_PORT PORT RATE COUNT CONNECTIONS TOKENS}: prints one line with count, failures and
   * p50, p99 and highest latency in µs.
   */
  public static void main(String[] args)
      throws IOException, InterruptedException, ExecutionException {
    if (args.length != 6) {
      System.err.println("Usage: Pacer WARM_PORT PORT RATE COUNT CONNECTIONS TOKENS");
      System.exit(2);
    }
    int rate = Integer.parseInt(args[2]);
    int count = Integer.parseInt(args[3]);
    List<byte[]> requests =
        Files.readAllLines(Path.of(args[5])).stream().map(Pacer::request).toList();
    Pacer pacer = new Pacer(requests, Integer.parseInt(args[4]));
    pacer.run(Integer.parseInt(args[0]), rate, Math.max(count, 3 * rate));
    long[] micros = pacer.run(Integer.parseInt(args[1]), rate, count);
    long failed = Arrays.stream(micros).filter(m -> m < 0).count();
    long[] good = Arrays.stream(micros).filter(m -> m >= 0).sorted().toArray();
    if (good.length == 0) {
      System.err.println("perf: no call succeeded");
      System.exit(1);
    }
    System.out.printf(
        "RESULT %d %d %d %d %d%n",
        micros.length,
        failed,
        good[(good.length - 1) / 2],
        good[(int) Math.ceil(good.length * 0.99) - 1],
        good[good.length - 1]);
  }

  private static byte[] request(String token) {
    return ("GET /v1/orders/a-1 HTTP/1.1\r\nHost: orders.perf.example\r\nAuthorization: Bearer "
            + token
            + "\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** The latency of every call in µs, negative where the answer was not 200. */
  private long[] run(int port, int rate, int count)
      throws InterruptedException, ExecutionException {
    long[] micros = new long[count];
    long start = System.nanoTime() + Duration.ofMillis(50).toNanos();
    try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
      List<Future<?>> all =
          IntStream.range(0, connections)
              .<Future<?>>mapToObj(
                  first ->
                      threads.submit(
                          () -> {
                            calls(port, rate, first, start, micros);
                            return null;
                          }))
              .toList();
      for (Future<?> one : all) {
        one.get();
      }
    }
    return micros;
  }

  /** One connection makes every n-th call. */
  private void calls(int port, int rate, int first, long start, long[] micros) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      OutputStream out = socket.getOutputStream();
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (int i = first; i < micros.length; i += connections) {
        long due = start + i * 1_000_000_000L / rate;
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        out.write(requests.get(i % requests.size()));
        boolean ok = answer(in);
        long took = (System.nanoTime() - due) / 1000;
        micros[i] = ok ? took : -1;
      }
    }
  }

  /** Reads one answer with a content-length; true where it is a 200. */
  private static boolean answer(InputStream in) throws IOException {
    String status = line(in);
    int length = 0;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      if (header.regionMatches(true, 0, "content-length:", 0, 15)) {
        length = Integer.parseInt(header.substring(15).trim());
      }
    }
    byte[] body = in.readNBytes(length);
    boolean ok = status.startsWith("HTTP/1.1 200");
    if (!ok) {
      System.err.println("perf: " + status + " " + new String(body, StandardCharsets.UTF_8));
    }
    return ok;
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
}
