package io.gat.envoy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Envoy as a process of this machine. The program of the Python wheel asks the kernel to be killed
 * when the thread that started it ends, so a thread of its own waits for its end.
 */
final class EnvoyProcess implements RunningEnvoy {
  private static final Duration START = Duration.ofSeconds(30);
  private static final int POLL_MS = 20;
  private static final Pattern LISTENER = Pattern.compile("127\\.0\\.0\\.1:(\\d+)");

  private final Process process;
  private final Path output;
  private final int port;

  private EnvoyProcess(Process process, Path output, int port) {
    this.process = process;
    this.output = output;
    this.port = port;
  }

  static EnvoyProcess start(Path binary, Path folder, EnvoyTemplate template)
      throws IOException, InterruptedException {
    Path config = folder.resolve("envoy.yaml");
    Path admin = folder.resolve("admin.txt");
    Path output = folder.resolve("envoy.out");
    Path problems = folder.resolve("envoy.err");
    Files.writeString(
        config, template.text().replace("@LISTEN_PORT@", "0").replace("@ADMIN_PORT@", "0"));
    ProcessBuilder command =
        new ProcessBuilder(
                binary.toString(),
                "--config-path",
                config.toString(),
                "--admin-address-path",
                admin.toString(),
                "--use-dynamic-base-id",
                "--concurrency",
                "1",
                "--log-level",
                "warning",
                "--file-flush-interval-msec",
                "50")
            .redirectOutput(output.toFile())
            .redirectError(problems.toFile());
    Process process = launch(command);
    try {
      return new EnvoyProcess(process, output, awaitListener(process, admin));
    } catch (IllegalStateException e) {
      process.destroyForcibly().waitFor();
      throw new IllegalStateException(e.getMessage() + ": " + Files.readString(problems), e);
    }
  }

  private static Process launch(ProcessBuilder command) throws InterruptedException {
    CompletableFuture<Process> started = new CompletableFuture<>();
    Thread.ofPlatform()
        .name("envoy-under-test")
        .daemon()
        .start(
            () -> {
              try {
                Process process = command.start();
                started.complete(process);
                process.waitFor();
              } catch (IOException e) {
                started.completeExceptionally(e);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    try {
      return started.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Envoy cannot be started", e);
    }
  }

  private static int awaitListener(Process process, Path admin)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START.toNanos();
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (System.nanoTime() < deadline) {
        if (process.waitFor(POLL_MS, TimeUnit.MILLISECONDS)) {
          throw new IllegalStateException("Envoy ended at once");
        }
        String address = Files.exists(admin) ? Files.readString(admin).strip() : "";
        if (!address.isEmpty() && get(client, address, "/ready").statusCode() == 200) {
          Matcher listener = LISTENER.matcher(get(client, address, "/listeners").body());
          if (listener.find()) {
            return Integer.parseInt(listener.group(1));
          }
        }
      }
    }
    throw new IllegalStateException("Envoy is not ready after " + START);
  }

  private static HttpResponse<String> get(HttpClient client, String address, String path)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://" + address + path)).timeout(START).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.onExit().get(5, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      process.destroyForcibly();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Envoy's end cannot be told", e);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
