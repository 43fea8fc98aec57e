package io.gat.promise;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The way between an authz server and its issuer: a TCP proxy that does to each direction by itself
 * what a network does. What a direction has swallowed is missing for ever, so that a connection
 * which has lost something carries nothing more in that direction, and is reset once the direction
 * works again.
 */
final class Link implements AutoCloseable {
  private static final int CHUNK = 8 * 1024;
  private static final int CHUNKS = 256;

  /** Where bytes go. */
  enum Direction {
    TO_ISSUER,
    TO_AUTHZ
  }

  /**
   * What a direction does to bytes.
   *
   * @param held none arrives for now, and none is lost
   * @param swallowed those that are sent now are lost; those on their way still arrive
   * @param delay how long each is on its way
   * @param bytesPerSecond how many arrive in a second, 0 for any number
   */
  record Way(boolean held, boolean swallowed, Duration delay, int bytesPerSecond) {
    static final Way OPEN = new Way(false, false, Duration.ZERO, 0);
    static final Way HELD = new Way(true, false, Duration.ZERO, 0);
    static final Way SWALLOWED = new Way(false, true, Duration.ZERO, 0);

    static Way delayed(Duration delay) {
      return new Way(false, false, delay, 0);
    }

    static Way slow(int bytesPerSecond) {
      return new Way(false, false, Duration.ZERO, bytesPerSecond);
    }
  }

  /** Bytes on their way; none for the end. */
  private static final class Chunk {
    final byte[] bytes;
    final long due;

    Chunk(byte[] bytes, long due) {
      this.bytes = bytes;
      this.due = due;
    }
  }

  private final ServerSocket server;
  private final int issuerPort;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<Direction, Way> ways = new EnumMap<>(Direction.class);
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /** A link on a free port to the issuer's. */
  Link(int issuerPort) throws IOException {
    this.server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    this.issuerPort = issuerPort;
    heal();
    Thread.ofVirtual().name("link").start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** From now on. */
  void set(Direction direction, Way way) {
    lock.lock();
    try {
      ways.put(direction, way);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** From now on bytes arrive in both directions. */
  void heal() {
    set(Direction.TO_ISSUER, Way.OPEN);
    set(Direction.TO_AUTHZ, Way.OPEN);
  }

  /** Both ends of each connection see a reset. */
  void reset() {
    connections.forEach(Connection::reset);
  }

  private Way way(Direction direction) {
    lock.lock();
    try {
      return ways.getOrDefault(direction, Way.OPEN);
    } finally {
      lock.unlock();
    }
  }

  private void accept() {
    while (!closed) {
      try {
        Socket authz = server.accept();
        Socket issuer = new Socket();
        Connection connection = new Connection(authz, issuer);
        try {
          issuer.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), issuerPort));
          connection.start();
        } catch (IOException e) {
          connection.reset(); // the issuer is not there
        }
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    server.close();
    reset();
    heal();
  }

  /** One connection. */
  private final class Connection {
    private final Socket authz;
    private final Socket issuer;

    Connection(Socket authz, Socket issuer) {
      this.authz = authz;
      this.issuer = issuer;
    }

    void start() throws IOException {
      authz.setTcpNoDelay(true);
      issuer.setTcpNoDelay(true);
      connections.add(this);
      new Pump(this, Direction.TO_ISSUER, authz, issuer).start();
      new Pump(this, Direction.TO_AUTHZ, issuer, authz).start();
    }

    void reset() {
      connections.remove(this);
      for (Socket socket : new Socket[] {authz, issuer}) {
        try {
          socket.setSoLinger(true, 0);
        } catch (IOException e) {
          // It is closed already.
        }
        close(socket);
      }
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // Nobody can do more.
    }
  }

  /** One direction of one connection: a thread reads, another one lets bytes arrive. */
  private final class Pump {
    private final Connection connection;
    private final Direction direction;
    private final Socket from;
    private final Socket to;
    private final BlockingQueue<Chunk> onTheirWay = new ArrayBlockingQueue<>(CHUNKS);
    private volatile boolean lossy;

    Pump(Connection connection, Direction direction, Socket from, Socket to) {
      this.connection = connection;
      this.direction = direction;
      this.from = from;
      this.to = to;
    }

    void start() {
      Thread.ofVirtual().start(this::read);
      Thread.ofVirtual().start(this::write);
    }

    private void read() {
      try {
        InputStream in = from.getInputStream();
        byte[] buffer = new byte[CHUNK];
        int read;
        while ((read = in.read(buffer)) >= 0) {
          Way way = way(direction);
          if (way.swallowed()) {
            lossy = true;
          } else if (lossy) {
            connection.reset();
            return;
          } else {
            onTheirWay.put(
                new Chunk(Arrays.copyOf(buffer, read), System.nanoTime() + way.delay().toNanos()));
          }
        }
      } catch (IOException e) {
        // One end has closed.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      try {
        if (!lossy) {
          onTheirWay.put(
              new Chunk(new byte[0], System.nanoTime() + way(direction).delay().toNanos()));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void write() {
      try {
        OutputStream out = to.getOutputStream();
        while (true) {
          Chunk chunk = onTheirWay.take();
          int bytesPerSecond = awaitArrival(chunk.due);
          if (chunk.bytes.length == 0) {
            connections.remove(connection);
            close(to);
            return;
          }
          out.write(chunk.bytes);
          if (bytesPerSecond > 0) {
            TimeUnit.NANOSECONDS.sleep(
                TimeUnit.SECONDS.toNanos(chunk.bytes.length) / bytesPerSecond);
          }
        }
      } catch (IOException e) {
        connection.reset();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** Until it is due and the direction is not held; answers at what speed bytes arrive. */
    private int awaitArrival(long due) throws InterruptedException {
      lock.lock();
      try {
        while (true) {
          Way way = ways.getOrDefault(direction, Way.OPEN);
          long rest = due - System.nanoTime();
          if (way.held() && !closed) {
            changed.await();
          } else if (rest > 0) {
            boolean _ = changed.await(rest, TimeUnit.NANOSECONDS);
          } else {
            return way.bytesPerSecond();
          }
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
