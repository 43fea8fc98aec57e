package io.gat.envoy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The server's end of a WebSocket (RFC 6455) that sends every short frame back. */
final class EchoSocket {
  private static final Pattern KEY = Pattern.compile("(?i)\r\nsec-websocket-key: (\\S+)\r\n");

  /** RFC 6455, section 1.3. */
  private static final String SALT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private EchoSocket() {}

  /** Accepts, and echoes until the other end goes away. */
  static void serve(String head, InputStream in, OutputStream out) throws IOException {
    Matcher key = KEY.matcher(head);
    if (!key.find()) {
      throw new IOException("no key in " + head);
    }
    String answer =
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
            + "sec-websocket-accept: "
            + accept(key.group(1))
            + "\r\n\r\n";
    out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
    for (int first = in.read(); first >= 0; first = in.read()) {
      byte[] payload = payload(in);
      out.write(first);
      out.write(payload.length);
      out.write(payload);
      out.flush();
    }
  }

  private static byte[] payload(InputStream in) throws IOException {
    int length = in.read() & 0x7f;
    if (length > 125) {
      throw new IOException("a frame too long for a test");
    }
    byte[] mask = in.readNBytes(4);
    byte[] payload = in.readNBytes(length);
    if (payload.length < length) {
      throw new EOFException();
    }
    for (int i = 0; i < length; i++) {
      payload[i] ^= mask[i % 4];
    }
    return payload;
  }

  private static String accept(String key) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-1")
                  .digest((key + SALT).getBytes(StandardCharsets.ISO_8859_1)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
