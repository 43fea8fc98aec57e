package io.gat.cli;

import io.gat.call.Header;
import io.gat.extauthz.DescribedCheck;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that describe one call: its parts, or the whole message that Envoy sends of it. */
final class CallOptions {
  private static final int MAX_BYTES = 1024 * 1024;

  @Option(names = "--method", paramLabel = "M", description = "The HTTP method (default: GET).")
  private @Nullable String method;

  @Option(names = "--host", paramLabel = "H", description = "The Host header.")
  private @Nullable String host;

  @Option(names = "--path", paramLabel = "P", description = "The path as sent, with its query.")
  private @Nullable String path;

  @Option(names = "--header", paramLabel = "k:v", description = "A header; may be repeated.")
  private List<String> headers = new ArrayList<>();

  @Option(
      names = "--source-principal",
      paramLabel = "P",
      description = "The caller's mTLS identity, such as spiffe://cluster.local/ns/shop/sa/web.")
  private String sourcePrincipal = "";

  @Option(
      names = "--destination-principal",
      paramLabel = "P",
      description = "The called workload's mTLS identity.")
  private String destinationPrincipal = "";

  @Option(
      names = "--source-address",
      paramLabel = "IP",
      description = "The caller's address, as Envoy sees it.")
  private String sourceAddress = "";

  @Option(
      names = "--source-certificate",
      paramLabel = "FILE",
      description = "The caller's certificate (PEM), for tokens that are bound to one.")
  private @Nullable Path sourceCertificate;

  @Option(
      names = "--extension",
      paramLabel = "k=v",
      description = "A context extension of the route, such as gat.service=orders.")
  private Map<String, String> extensions = new LinkedHashMap<>();

  @Option(
      names = "--check-request",
      paramLabel = "FILE|-",
      description = "The whole CheckRequest as JSON, as Envoy logs it, instead of the parts.")
  private @Nullable String checkRequest;

  /** True where any of these options is used. */
  boolean isGiven() {
    return checkRequest != null || hasParts();
  }

  private boolean hasParts() {
    return method != null
        || host != null
        || path != null
        || sourceCertificate != null
        || !headers.isEmpty()
        || !extensions.isEmpty()
        || !(sourcePrincipal + destinationPrincipal + sourceAddress).isEmpty();
  }

  /** True where one of the headers may hold a credential that gat reads. */
  boolean hasCredential() {
    return headers.stream()
        .map(one -> one.toLowerCase(Locale.ROOT))
        .anyMatch(one -> one.startsWith("authorization:") || one.startsWith("txn-token:"));
  }

  /** True where the message comes from standard input. */
  boolean readsStandardInput() {
    return "-".equals(checkRequest);
  }

  /**
   * The call.
   *
   * @throws UnusableInput where it is described twice, incompletely or unreadably
   */
  DescribedCheck check(InputStream standardInput) {
    String file = checkRequest;
    if (file == null) {
      return DescribedCheck.of(parts());
    }
    if (hasParts()) {
      throw new UnusableInput(
          "--check-request is the whole call; leave out --method, --host, --path, --header and the"
              + " like");
    }
    try {
      return DescribedCheck.ofJson(
          InputText.read(file, standardInput, MAX_BYTES, "give one message"));
    } catch (DescribedCheck.UnreadableException e) {
      throw new UnusableInput(InputText.name(file) + ": " + e.getMessage());
    }
  }

  private DescribedCheck.Call parts() {
    String target = path;
    if (target == null) {
      throw new UnusableInput(
          "no call is given; name it with --host H --path P, --check-request FILE or --record FILE");
    }
    return new DescribedCheck.Call(
        method == null ? "GET" : method,
        host == null ? "" : host,
        target,
        headers.stream().map(CallOptions::header).toList(),
        sourcePrincipal,
        destinationPrincipal,
        sourceAddress,
        certificate(),
        extensions);
  }

  private String certificate() {
    Path file = sourceCertificate;
    return file == null
        ? ""
        : InputText.read(
            file.toString(), InputStream.nullInputStream(), MAX_BYTES, "give a PEM file");
  }

  private static Header header(String text) {
    int colon = text.indexOf(':');
    if (colon <= 0) {
      // Not repeated: it may be a credential.
      throw new UnusableInput(
          "--header: there is no name before a colon; write --header name:value");
    }
    return new Header(text.substring(0, colon).strip(), text.substring(colon + 1).strip());
  }
}
