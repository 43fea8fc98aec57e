package io.gat.envoy;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.netty.shaded.io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A gRPC server on a Unix socket that is not the product's own: grpc-netty. */
public final class AuthorizationServer implements AutoCloseable {
  private final Server server;
  private final EventLoopGroup threads;

  private AuthorizationServer(Server server, EventLoopGroup threads) {
    this.server = server;
    this.threads = threads;
  }

  public static AuthorizationServer start(Path socket, BindableService service) throws IOException {
    EventLoopGroup threads = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    Server server =
        NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
            .channelType(EpollServerDomainSocketChannel.class)
            .bossEventLoopGroup(threads)
            .workerEventLoopGroup(threads)
            .addService(service)
            .build()
            .start();
    return new AuthorizationServer(server, threads);
  }

  @Override
  public void close() {
    server.shutdownNow();
    Future<?> ended = threads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    if (!ended.awaitUninterruptibly(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the server's threads do not end");
    }
  }
}
