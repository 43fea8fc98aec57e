package io.gat.envoy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Carries every connection of a Unix socket to a TCP port of this machine, byte for byte. */
public final class SocketRelay implements AutoCloseable {
  private final ServerSocketChannel server;
  private final int port;

  private SocketRelay(ServerSocketChannel server, int port) {
    this.server = server;
    this.port = port;
  }

  public static SocketRelay start(Path socket, int port) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    SocketRelay relay = new SocketRelay(server, port);
    Thread.ofVirtual().name("socket-relay").start(relay::accept);
    return relay;
  }

  private void accept() {
    while (true) {
      try {
        SocketChannel caller = server.accept();
        Thread.ofVirtual().start(() -> relay(caller));
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        throw new IllegalStateException("the relay cannot accept", e);
      }
    }
  }

  private void relay(SocketChannel caller) {
    try (caller;
        Socket called = new Socket(InetAddress.getLoopbackAddress(), port);
        InputStream asked = Channels.newInputStream(caller);
        OutputStream answered = Channels.newOutputStream(caller)) {
      Thread.ofVirtual().start(() -> copy(asked, called));
      called.getInputStream().transferTo(answered);
    } catch (IOException e) {
      // One end went away, and the other is told by the end of the connection.
    }
  }

  private static void copy(InputStream asked, Socket called) {
    try {
      asked.transferTo(called.getOutputStream());
      called.shutdownOutput();
    } catch (IOException e) {
      // As above.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
