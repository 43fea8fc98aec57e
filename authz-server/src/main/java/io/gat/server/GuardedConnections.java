package io.gat.server;

import io.gat.server.GatheredWrites.GatheringWriter;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataReader.InsufficientDataAvailableException;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a listener, each between Helidon's HTTP/2 and the socket: {@link
 * InboundFrames} reads for it, {@link GatheredWrites} writes for it.
 *
 * <p>Helidon's own way to end a connection loses calls: it interrupts a connection without calls,
 * which closes its socket under a call that is just on its way, and tells one with calls that none
 * of them was processed (GOAWAY with last stream 0). Here a connection ends as RFC 9113, section
 * 6.8 describes: first a GOAWAY that excludes nothing and a PING, so that the peer opens no more
 * streams; then, once it has answered the PING and all calls are answered, a GOAWAY with the last
 * stream, and the end. Most peers close before that.
 */
final class GuardedConnections implements ServerConnectionSelector {
  private static final Logger LOG = System.getLogger(GuardedConnections.class.getName());
  private static final Duration POLL = Duration.ofMillis(20);
  private static final byte[] DRAIN_PING = "gatdrain".getBytes(StandardCharsets.US_ASCII);
  private static final int EVERY_STREAM = Integer.MAX_VALUE;

  private final ServerConnectionSelector protocol;
  private final GatheredWrites writes;
  private final Overload overload;
  private final ConnectionLimits limits;
  private final Set<Guarded> all = ConcurrentHashMap.newKeySet();
  private volatile boolean listens = true;

  GuardedConnections(
      ServerConnectionSelector protocol,
      GatheredWrites writes,
      Overload overload,
      ConnectionLimits limits) {
    this.protocol = protocol;
    this.writes = writes;
    this.overload = overload;
    this.limits = limits;
  }

  @Override
  public int bytesToIdentifyConnection() {
    return protocol.bytesToIdentifyConnection();
  }

  @Override
  public Support supports(BufferData data) {
    return protocol.supports(data);
  }

  @Override
  public Set<String> supportedApplicationProtocols() {
    return protocol.supportedApplicationProtocols();
  }

  @Override
  public ServerConnection connection(ConnectionContext context) {
    GatheringWriter writer = writes.onto(context.dataWriter());
    InboundFrames frames =
        new InboundFrames(
            () -> piece(context.dataReader()),
            writer,
            overload,
            new FrameBudget(System.nanoTime()),
            limits.streams());
    Guarded guarded =
        new Guarded(
            protocol.connection(
                new Between(
                    context,
                    writer,
                    DataReader.create(frames::next),
                    new Starts(context.executor(), frames, overload))),
            frames,
            writer,
            context.isSecure());
    all.add(guarded);
    return guarded;
  }

  private static byte @Nullable [] piece(DataReader reader) {
    try {
      BufferData data = reader.readBuffer();
      byte[] bytes = new byte[data.available()];
      data.read(bytes);
      return bytes;
    } catch (InsufficientDataAvailableException e) {
      return null;
    }
  }

  /** How many are open. */
  int size() {
    return all.size();
  }

  /** Stops a server, and ends its connections once they are quiet. */
  void stop(WebServer server) {
    stopListening();
    Thread stop = Thread.ofPlatform().name("gat-listener-stop").start(server::stop);
    boolean interrupted = false;
    while (stop.isAlive()) {
      endQuietOnes();
      try {
        stop.join(POLL);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** From now on, connections that come late are told to end, too. */
  private void stopListening() {
    listens = false;
  }

  /** Ends those that have been told to end and have nothing left to do. */
  private void endQuietOnes() {
    for (Guarded one : List.copyOf(all)) {
      if (!listens && one.writer.hasSent()) {
        one.close(false);
      }
      one.endIfQuiet();
    }
  }

  /**
   * One connection. What is written to it here is written by a thread of its own: a peer that reads
   * nothing must not keep whoever looks after all connections.
   */
  private final class Guarded implements ServerConnection {
    private final ServerConnection helidon;
    private final InboundFrames frames;
    private final GatheringWriter writer;
    private final AtomicBoolean draining = new AtomicBoolean();
    private final AtomicBoolean ending = new AtomicBoolean();
    private final boolean secure;
    private volatile long drainingSince;
    private volatile @Nullable Thread runner;

    Guarded(
        ServerConnection helidon, InboundFrames frames, GatheringWriter writer, boolean secure) {
      this.helidon = helidon;
      this.secure = secure;
      this.frames = frames;
      this.writer = writer;
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
      runner = Thread.currentThread();
      try {
        if (secure) {
          frames.prime();
        }
        helidon.handle(limit);
      } finally {
        runner = null;
        all.remove(this);
        frames.abandon();
      }
    }

    /** Helidon asks every second, and closes the connection where the answer is above its limit. */
    @Override
    public Duration idleTime() {
      if (frames.owing().compareTo(limits.slow()) > 0
          || drainedFor().compareTo(limits.slow()) > 0) {
        cut();
        return Duration.ZERO;
      }
      endIfQuiet();
      return frames.isQuiet() ? helidon.idleTime() : Duration.ZERO;
    }

    private Duration drainedFor() {
      return draining.get() && frames.isQuiet()
          ? Duration.ofNanos(Math.max(0, System.nanoTime() - drainingSince))
          : Duration.ZERO;
    }

    @Override
    public void close(boolean interrupt) {
      if (interrupt) {
        cut();
      } else if (draining.compareAndSet(false, true)) {
        drainingSince = System.nanoTime();
        send(
            () -> {},
            Http2Frames.goAway(EVERY_STREAM, Http2Frames.NO_ERROR),
            Http2Frames.frame(Http2Frames.PING, 0, 0, DRAIN_PING));
      }
    }

    private void endIfQuiet() {
      if (draining.get()
          && frames.isPingAnswered()
          && frames.isQuiet()
          && ending.compareAndSet(false, true)) {
        send(this::cut, Http2Frames.goAway(frames.lastStream(), Http2Frames.NO_ERROR));
      }
    }

    private void send(Runnable then, byte[]... own) {
      Thread.ofVirtual()
          .name("gat-goodbye")
          .start(
              () -> {
                try {
                  for (byte[] frame : own) {
                    writer.sendFrame(frame);
                  }
                } catch (RuntimeException e) {
                  LOG.log(Level.DEBUG, "the peer is gone", e);
                } finally {
                  then.run();
                }
              });
    }

    private void cut() {
      Thread running = runner;
      if (running != null) {
        running.interrupt(); // which closes the channel
      }
      writer.giveUpWriting();
    }
  }

  /** Gives each request a thread, and its exchange the thread's end. */
  private static final class Starts extends AbstractExecutorService {
    private final ExecutorService threads;
    private final InboundFrames frames;
    private final Overload overload;

    Starts(ExecutorService threads, InboundFrames frames, Overload overload) {
      this.threads = threads;
      this.frames = frames;
      this.overload = overload;
    }

    @Override
    public void execute(Runnable answering) {
      Exchange exchange = frames.takeBegun();
      if (exchange == null) {
        threads.execute(answering);
        return;
      }
      threads.execute(
          () -> {
            try {
              overload.slots().answer(exchange, answering);
            } finally {
              frames.ended(exchange);
            }
          });
    }

    @Override
    public void shutdown() {
      threads.shutdown();
    }

    @Override
    public List<Runnable> shutdownNow() {
      return threads.shutdownNow();
    }

    @Override
    public boolean isShutdown() {
      return threads.isShutdown();
    }

    @Override
    public boolean isTerminated() {
      return threads.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
      return threads.awaitTermination(timeout, unit);
    }
  }

  /** A connection of Helidon's with another reader, writer and executor. */
  private record Between(
      ConnectionContext connection,
      DataWriter dataWriter,
      DataReader dataReader,
      ExecutorService executor)
      implements ConnectionContext {
    @Override
    public ListenerContext listenerContext() {
      return connection.listenerContext();
    }

    @Override
    public Router router() {
      return connection.router();
    }

    @Override
    public Optional<ProxyProtocolData> proxyProtocolData() {
      return connection.proxyProtocolData();
    }

    @Override
    public HelidonSocket serverSocket() {
      return connection.serverSocket();
    }

    @Override
    public PeerInfo remotePeer() {
      return connection.remotePeer();
    }

    @Override
    public PeerInfo localPeer() {
      return connection.localPeer();
    }

    @Override
    public boolean isSecure() {
      return connection.isSecure();
    }

    @Override
    public String socketId() {
      return connection.socketId();
    }

    @Override
    public String childSocketId() {
      return connection.childSocketId();
    }
  }
}
