package io.gat.envoy;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An HTTP/1 caller that sends its bytes unchanged: any path, any header, any number of them. One
 * character is one byte (ISO 8859-1).
 */
public final class RawHttp {
  private static final int PATIENCE_MS = 20_000;
  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: (\\d+)\r\n");

  private RawHttp() {}

  /** A GET with these header lines ({@code "name: value"}), on a connection of its own. */
  public static Response get(int port, String target, String... headerLines) throws IOException {
    return exchange(port, "GET " + target + " HTTP/1.1", headerLines);
  }

  /**
   * Any request without a body.
   *
   * @param requestLine without the line's end
   * @param headerLines one per header; {@code host} among them where it is wanted
   */
  public static Response exchange(int port, String requestLine, String... headerLines)
      throws IOException {
    StringBuilder message = new StringBuilder(requestLine).append("\r\n");
    for (String line : headerLines) {
      message.append(line).append("\r\n");
    }
    message.append("connection: close\r\n\r\n");
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(PATIENCE_MS);
      socket.getOutputStream().write(message.toString().getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return Response.parse(message(new BufferedInputStream(socket.getInputStream())));
    }
  }

  /** One message. The end of the stream may be late: Envoy lets a caller finish first. */
  private static String message(InputStream in) throws IOException {
    StringBuilder message = new StringBuilder();
    int end = -1;
    for (int b = in.read(); b >= 0; b = in.read()) {
      message.append((char) b);
      if (end < 0 && b == '\n') {
        int head = message.indexOf("\r\n\r\n");
        end = head < 0 ? -1 : end(message.substring(0, head + 4));
      }
      if (message.length() == end) {
        break;
      }
    }
    return message.toString();
  }

  /** How long the whole message is; no number at all where only the stream's end can tell. */
  private static int end(String head) {
    Matcher length = LENGTH.matcher(head);
    return length.find() ? head.length() + Integer.parseInt(length.group(1)) : Integer.MAX_VALUE;
  }

  /**
   * A response.
   *
   * @param headers one line each, names in lower case
   */
  public record Response(int status, List<String> headers, String body) {
    public Response {
      headers = List.copyOf(headers);
      Objects.requireNonNull(body);
    }

    static Response parse(String message) {
      int end = message.indexOf("\r\n\r\n");
      if (end < 0) {
        throw new IllegalStateException("not an HTTP response: " + message);
      }
      List<String> headers = new ArrayList<>();
      String[] lines = message.substring(0, end).split("\r\n", -1);
      for (int i = 1; i < lines.length; i++) {
        int colon = lines[i].indexOf(':');
        headers.add(
            lines[i].substring(0, colon).toLowerCase(Locale.ROOT) + lines[i].substring(colon));
      }
      String body = message.substring(end + 4);
      if (body.isEmpty()) { // as of a HEAD, whatever its head says
        return new Response(Integer.parseInt(lines[0].substring(9, 12)), headers, body);
      }
      return new Response(
          Integer.parseInt(lines[0].substring(9, 12)),
          headers,
          headers.contains("transfer-encoding: chunked") ? unchunked(body) : body);
    }

    private static String unchunked(String body) {
      StringBuilder whole = new StringBuilder();
      int at = 0;
      while (true) {
        int lineEnd = body.indexOf("\r\n", at);
        int size = Integer.parseInt(body.substring(at, lineEnd), 16);
        if (size == 0) {
          return whole.toString();
        }
        whole.append(body, lineEnd + 2, lineEnd + 2 + size);
        at = lineEnd + 2 + size + 2;
      }
    }

    /** The header's one value, empty where it is absent. */
    public String header(String name) {
      String found = "";
      for (String line : headers) {
        if (line.startsWith(name + ": ")) {
          if (!found.isEmpty()) {
            throw new IllegalStateException(name + " came twice");
          }
          found = line.substring(name.length() + 2);
        }
      }
      return found;
    }
  }
}
