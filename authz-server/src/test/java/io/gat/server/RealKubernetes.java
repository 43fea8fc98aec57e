package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gat.config.ConfigReader;
import io.gat.issue.caller.Callers;
import io.gat.issue.caller.Proof;
import io.gat.issue.caller.Secret;
import io.gat.issue.caller.Shown;
import io.gat.keys.CryptoProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * ServiceAccount tokens of a real Kubernetes API server, which {@code kubectl create token} makes.
 * Only the profile {@code kubernetes} runs this: {@code GAT_KUBECONFIG} names an administrator's
 * kubeconfig of a cluster that may be written to, and kubectl is on the PATH.
 */
@Timeout(180)
final class RealKubernetes {
  private static final String OWN = "https://gat.example";
  private static final Path KUBECONFIG =
      Path.of(
          Objects.requireNonNull(
              System.getenv("GAT_KUBECONFIG"), "GAT_KUBECONFIG names no kubeconfig"));

  @TempDir private Path folder;
  private final String namespace = "gat-" + Long.toString(System.nanoTime(), 36);
  private final List<Callers> open = new ArrayList<>();

  @BeforeEach
  void prepare() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    kubectl("create", "namespace", namespace);
    for (String account : List.of("checkout", "gat")) {
      kubectl("create", "serviceaccount", account, "-n", namespace);
    }
    kubectl(
        "create",
        "clusterrolebinding",
        namespace,
        "--clusterrole=system:auth-delegator",
        "--serviceaccount=" + namespace + ":gat");
    write("token", kubectl("create", "token", "gat", "-n", namespace));
  }

  @AfterEach
  void clean() throws Exception {
    open.forEach(Callers::close);
    kubectl("delete", "clusterrolebinding", namespace);
    kubectl("delete", "namespace", namespace, "--wait=false");
  }

  private static String kubectl(String... arguments) throws Exception {
    return kubectlWith("", arguments);
  }

  private static String kubectlWith(String input, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("kubectl", "--kubeconfig", "" + KUBECONFIG));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var stdin = process.outputWriter(StandardCharsets.UTF_8)) {
      stdin.write(input);
    }
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new AssertionError(String.join(" ", arguments) + ": " + output);
    }
    return output;
  }

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  /** What the kubeconfig says of its cluster. */
  private static String cluster(String member) throws Exception {
    return kubectl(
        "config",
        "view",
        "--raw",
        "--minify",
        "-o",
        "jsonpath={.clusters[0].cluster." + member + "}");
  }

  private Callers callers(String more) throws Exception {
    String authority = cluster("certificate-authority");
    Path ca = write("ca.pem", Files.readString(Path.of(authority)));
    ConfigReader.Result result =
        ConfigReader.parse(
            folder.resolve("gat.yaml"),
            """
            gat:
              roles: [issuer]
              issuer:
                url: "%s"
                log: {embedded: data/}
                callers:
                  - kind: kubernetes
                    issuer: "%s"
                    api: "%s"
                    token-file: token
                    ca-file: "%s"
                    %s
            """
                .formatted(OWN, cluster("server"), cluster("server"), ca, more),
            Map.of());
    Callers callers =
        ConfiguredCallers.open(
            assertInstanceOf(ConfigReader.Result.Read.class, result, result.toString())
                .config()
                .issuer()
                .orElseThrow(),
            CryptoProvider.best(),
            InstantSource.system());
    open.add(callers);
    return callers;
  }

  private String token(String... options) throws Exception {
    List<String> arguments =
        new ArrayList<>(List.of("create", "token", "checkout", "-n", namespace));
    arguments.addAll(List.of(options));
    return kubectl(arguments.toArray(String[]::new));
  }

  private static Proof prove(Callers callers, String token) {
    return callers.identify(new Shown.Assertion("", "", new Secret(token)), Instant.now());
  }

  private void assertProved(Callers callers, String token) {
    Proof proof = prove(callers, token);
    assertEquals(
        "k8s:" + namespace + "/checkout",
        assertInstanceOf(Proof.Proved.class, proof, proof.toString()).caller().principal());
  }

  /** A pod of the account; its uid. */
  private String pod() throws Exception {
    kubectlWith(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: checkout-1, namespace: %s}
        spec:
          serviceAccountName: checkout
          containers: [{name: a, image: none}]
        """
            .formatted(namespace),
        "apply",
        "-f",
        "-");
    return kubectl("get", "pod", "checkout-1", "-n", namespace, "-o", "jsonpath={.metadata.uid}");
  }

  private String tokenOfPod() throws Exception {
    return token(
        "--audience=" + OWN,
        "--bound-object-kind=Pod",
        "--bound-object-name=checkout-1",
        "--bound-object-uid=" + pod());
  }

  @Test
  void byTheClustersKeys() throws Exception {
    Callers callers = callers("");
    assertProved(callers, token("--audience=" + OWN));
    assertEquals(new Proof.Refused("wrong_audience"), prove(callers, token()));
    assertEquals(
        new Proof.Refused("wrong_audience"),
        prove(callers, token("--audience=" + OWN, "--audience=https://other")));
    String good = token("--audience=" + OWN);
    String[] parts = good.split("\\.", -1);
    String[] others = token("--audience=https://other").split("\\.", -1);
    assertEquals(
        new Proof.Refused("bad_signature"),
        prove(callers, parts[0] + "." + parts[1] + "." + others[2]));
  }

  @Test
  void byTheClustersKeysOfAPodOnly() throws Exception {
    Callers callers = callers("bound-pod: required");
    assertEquals(
        new Proof.Refused("not_bound_to_a_pod"), prove(callers, token("--audience=" + OWN)));
    assertProved(callers, tokenOfPod());
  }

  @Test
  void byTokenReviewUntilThePodIsGone() throws Exception {
    Callers callers = callers("token-review: true\n        bound-pod: required");
    String token = tokenOfPod();
    assertProved(callers, token);
    assertEquals(new Proof.Refused("wrong_audience"), prove(callers, token()));
    kubectl("delete", "pod", "checkout-1", "-n", namespace, "--force", "--grace-period=0");
    while (!prove(callers, token).equals(new Proof.Refused("bad_signature"))) {
      Thread.sleep(200); // an answer counts for ten seconds
    }
  }
}
