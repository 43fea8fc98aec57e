package io.gat.envoy;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** An HTTP/2 caller (RFC 9113) of one request, which stays open on its side. */
public final class RawHttp2 {
  private static final int PATIENCE_MS = 20_000;
  private static final int HEADERS = 0x1;
  private static final int SETTINGS = 0x4;
  private static final int END_HEADERS = 0x4;

  private RawHttp2() {}

  /**
   * Sends a request's headers and waits until the other end has answered with headers of its own.
   *
   * @param lines {@code "name: value"}, in this order; both parts have less than 127 characters
   */
  public static void open(int port, List<String> lines) throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (String line : lines) {
      int colon = line.indexOf(": ");
      block.write(0); // literal, new name, not indexed (RFC 7541, section 6.2.2)
      text(block, line.substring(0, colon));
      text(block, line.substring(colon + 2));
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(PATIENCE_MS);
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      frame(out, SETTINGS, 0, 0, new byte[0]);
      frame(out, HEADERS, END_HEADERS, 1, block.toByteArray());
      out.flush();
      DataInputStream in = new DataInputStream(socket.getInputStream());
      int type;
      do {
        int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
        type = in.readUnsignedByte();
        in.readUnsignedByte();
        in.readInt();
        in.skipNBytes(length);
      } while (type != HEADERS);
    }
  }

  private static void text(ByteArrayOutputStream block, String text) {
    block.write(text.length());
    block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void frame(DataOutputStream out, int type, int flags, int stream, byte[] payload)
      throws IOException {
    out.writeByte(payload.length >> 16);
    out.writeShort(payload.length);
    out.writeByte(type);
    out.writeByte(flags);
    out.writeInt(stream);
    out.write(payload);
  }
}
