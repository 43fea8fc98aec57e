package io.gat.envoy;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A service behind Envoy, on a Unix socket: answers 200 with the head of the request that it got,
 * as text and byte for byte. It reads no bodies. A call that asks to become a WebSocket becomes
 * one, and gets back whatever it sends.
 */
public final class EchoUpstream implements AutoCloseable {
  private final ServerSocketChannel server;

  private EchoUpstream(ServerSocketChannel server) {
    this.server = server;
  }

  public static EchoUpstream start(Path socket) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    EchoUpstream upstream = new EchoUpstream(server);
    Thread.ofVirtual().name("echo-upstream").start(upstream::accept);
    return upstream;
  }

  private void accept() {
    while (true) {
      try {
        SocketChannel caller = server.accept();
        Thread.ofVirtual().start(() -> serve(caller));
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        throw new IllegalStateException("the upstream cannot accept", e);
      }
    }
  }

  private static void serve(SocketChannel caller) {
    try (caller;
        InputStream in = new BufferedInputStream(Channels.newInputStream(caller));
        OutputStream out = Channels.newOutputStream(caller)) {
      String head = head(in);
      while (!head.isEmpty()) {
        if (head.toLowerCase(Locale.ROOT).contains("\r\nupgrade: websocket\r\n")) {
          EchoSocket.serve(head, in, out);
          return;
        }
        String answer =
            "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: "
                + head.length()
                + "\r\n\r\n"
                + head;
        out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        head = head(in);
      }
    } catch (IOException e) {
      // Envoy went away, which is no business of an upstream's.
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    for (int b = in.read(); b >= 0; b = in.read()) {
      head.append((char) b);
      int length = head.length();
      if (length >= 4 && head.substring(length - 4).equals("\r\n\r\n")) {
        return head.toString();
      }
    }
    return "";
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
