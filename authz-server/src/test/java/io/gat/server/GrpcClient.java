package io.gat.server;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.concurrent.TimeUnit;

/** One connection of another gRPC implementation to a listener. */
final class GrpcClient implements AutoCloseable {
  private static final int MAX_MESSAGE = 64 << 20;

  private final EventLoopGroup threads =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final ManagedChannel channel;

  GrpcClient(SocketAddress address) {
    boolean unix = address instanceof UnixDomainSocketAddress;
    this.channel =
        NettyChannelBuilder.forAddress(
                address instanceof UnixDomainSocketAddress u
                    ? new DomainSocketAddress(u.getPath().toFile())
                    : address)
            .channelType(unix ? EpollDomainSocketChannel.class : EpollSocketChannel.class)
            .eventLoopGroup(threads)
            .maxInboundMessageSize(MAX_MESSAGE)
            .overrideAuthority("localhost")
            .usePlaintext()
            .build();
  }

  ManagedChannel channel() {
    return channel;
  }

  @Override
  public void close() {
    try {
      channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      var _ = threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }
}
