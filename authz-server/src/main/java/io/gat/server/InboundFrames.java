package io.gat.server;

import io.gat.server.GatheredWrites.GatheringWriter;
import io.helidon.webserver.CloseConnectionException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a peer sends, frame by frame, before Helidon does (RFC 9113, section 4.1).
 *
 * <p>Helidon starts a thread for each request before anything can be asked about it. Under overload
 * that alone takes more than the CPU there is. So this class
 *
 * <ul>
 *   <li>knows each request from its first frame on ({@link Exchange}), and gives it a slot once it
 *       is there as a whole: half a request holds none;
 *   <li>refuses checks unread while there is no slot. That is possible where their header block is
 *       equal to an earlier check's and leaves the compression table alone ({@link HeaderBlock});
 *       Envoy's blocks do, after the first. Helidon never learns of such a request;
 *   <li>keeps from Helidon frames about streams that have ended: it would end the connection;
 *   <li>ends a connection whose frames cost more than they bring ({@link ConnectionLimits}).
 * </ul>
 *
 * <p>Used by the connection's own thread, except where a method says otherwise.
 */
final class InboundFrames {
  private static final int PREFACE = 24;
  private static final int LONGEST_BLOCK = 512;
  private static final int MOST_BLOCKS = 16;
  private static final int LONGEST_HELD_BACK = 512;
  private static final int INITIAL_WINDOW_SIZE = 4;
  private static final int LEAST_WINDOW = 16 * 1024;

  /**
   * So much is read before those who answer have their turn. With more, a burst would fill memory
   * with requests that nobody can answer yet; what is not read waits in the peer's window.
   */
  private static final int BYTES_PER_TURN = 16 * 1024;

  private static final byte[] NOTHING = {};

  private final Supplier<byte @Nullable []> socket;
  private final GatheringWriter writer;
  private final Overload overload;
  private final FrameBudget budget;
  private final int mostStreams;
  private final Map<Integer, Exchange> open = new ConcurrentHashMap<>();
  private final Set<Integer> refusing = new HashSet<>();

  /** By header block, an exchange that began with it since the table last changed. */
  private final Map<HeaderBlock, Exchange> alike = new HashMap<>();

  private Optional<byte[]> first = Optional.empty();
  private byte[] held = NOTHING;
  private int prefaceLeft = PREFACE;
  private int payloadLeft;
  private boolean dropping;
  private int endsRefused; // the stream whose refused request ends with the current frame, or 0
  private boolean mayRefuse = true;
  private int continuations;
  private int bytesThisTurn;
  private boolean refusedSome;

  /** Requests that Helidon has not started a thread for yet, in the order in which it will. */
  private final Queue<Exchange> begun = new ConcurrentLinkedQueue<>();

  /** Read by other threads. */
  private volatile int lastStream;

  private volatile long insideSince;
  private volatile boolean insideFrame = true;
  private volatile boolean pingAnswered;

  /**
   * Frames of one connection.
   *
   * @param socket the bytes of the connection as they arrive, in pieces; null at its end
   * @param mostStreams how many requests may be open at a time
   */
  InboundFrames(
      Supplier<byte @Nullable []> socket,
      GatheringWriter writer,
      Overload overload,
      FrameBudget budget,
      int mostStreams) {
    this.socket = socket;
    this.writer = writer;
    this.overload = overload;
    this.budget = budget;
    this.mostStreams = mostStreams;
    this.insideSince = System.nanoTime();
    writer.onReset(this::resetByServer);
  }

  /**
   * Reads the first bytes before Helidon writes its first: with TLS, a write before the handshake
   * would be lost in it.
   */
  void prime() {
    first = Optional.ofNullable(next());
  }

  /** The next bytes for Helidon; null at the end of the connection. */
  byte @Nullable [] next() {
    if (first.isPresent()) {
      byte[] primed = first.get();
      first = Optional.empty();
      return primed;
    }
    while (true) {
      byte[] piece = socket.get();
      if (piece == null) {
        return null;
      }
      byte[] rest = filter(piece);
      if (refusedSome) {
        refusedSome = false;
        writer.flush();
      }
      giveOthersATurn(piece.length);
      if (rest.length > 0) {
        return rest;
      }
    }
  }

  /** A peer that sends faster than it is read would keep a carrier thread for itself. */
  @SuppressWarnings("ThreadPriorityCheck")
  private void giveOthersATurn(int bytes) {
    bytesThisTurn += bytes;
    if (bytesThisTurn >= BYTES_PER_TURN) {
      bytesThisTurn = 0;
      Thread.yield();
    }
  }

  /** What of a piece is for Helidon. */
  private byte[] filter(byte[] piece) {
    byte[] in = piece;
    if (held.length > 0) {
      in = Arrays.copyOf(held, held.length + piece.length);
      System.arraycopy(piece, 0, in, held.length, piece.length);
      held = NOTHING;
    }
    PassedBytes passed = new PassedBytes(in);
    long now = System.nanoTime();
    int at = Math.min(prefaceLeft, in.length);
    prefaceLeft -= at;
    boolean begins = false;
    while (at < in.length) {
      if (payloadLeft > 0) {
        int part = Math.min(payloadLeft, in.length - at);
        if (dropping) {
          passed.drop(at, at + part);
        }
        at += part;
        payloadLeft -= part;
      } else {
        int left = in.length - at;
        if (left < Http2Frames.HEAD || left < wanted(in, at)) {
          held = Arrays.copyOfRange(in, at, in.length);
          passed.drop(at, in.length);
          begins |= at > 0;
          break;
        }
        begins = true;
        payloadLeft = Http2Frames.payload(in, at);
        dropping = !frame(in, at, now);
        if (dropping) {
          passed.drop(at, at + Http2Frames.HEAD);
        }
        at += Http2Frames.HEAD;
      }
      if (payloadLeft == 0 && endsRefused != 0) {
        refuse(endsRefused);
        endsRefused = 0;
      }
    }
    boolean inside = prefaceLeft > 0 || payloadLeft > 0 || held.length > 0;
    if (inside && (begins || !insideFrame)) {
      insideSince = now;
    }
    insideFrame = inside;
    return passed.rest();
  }

  /** How many bytes from here on must be there before the frame can be judged. */
  private static int wanted(byte[] in, int at) {
    int payload = Http2Frames.payload(in, at);
    return switch (Http2Frames.type(in, at)) {
      case Http2Frames.HEADERS, Http2Frames.SETTINGS, Http2Frames.PING, Http2Frames.WINDOW_UPDATE ->
          payload <= LONGEST_HELD_BACK ? Http2Frames.HEAD + payload : Http2Frames.HEAD;
      default -> Http2Frames.HEAD;
    };
  }

  /**
   * Judges a frame by its head, and a short one as a whole; false where Helidon must not see it.
   */
  private boolean frame(byte[] in, int at, long now) {
    int stream = Http2Frames.stream(in, at);
    int flags = Http2Frames.flags(in, at);
    int payload = Http2Frames.payload(in, at);
    return switch (Http2Frames.type(in, at)) {
      case Http2Frames.DATA -> data(stream, flags, payload, now);
      case Http2Frames.HEADERS -> headers(in, at, stream, flags, payload, now);
      case Http2Frames.CONTINUATION -> {
        if (++continuations > ConnectionLimits.MAX_CONTINUATIONS) {
          throw calm("too many CONTINUATION frames");
        }
        yield true;
      }
      case Http2Frames.RST_STREAM -> reset(stream, now);
      case Http2Frames.WINDOW_UPDATE -> room(in, at, stream, payload, now);
      case Http2Frames.SETTINGS -> {
        spend(now);
        if ((flags & Http2Frames.ACK) == 0) {
          settings(in, at, payload);
        }
        yield true;
      }
      case Http2Frames.PING -> {
        spend(now);
        boolean ack = (flags & Http2Frames.ACK) != 0;
        pingAnswered |= ack;
        yield true;
      }
      default -> {
        spend(now);
        yield true;
      }
    };
  }

  private void spend(long now) {
    if (!budget.spend(now) || writer.resets() > ConnectionLimits.MAX_PROVOKED_RESETS) {
      throw calm("too many frames without a request");
    }
  }

  private CloseConnectionException calm(String why) {
    writer.sendFrame(Http2Frames.goAway(lastStream, Http2Frames.ENHANCE_YOUR_CALM));
    return new CloseConnectionException(why);
  }

  private boolean headers(byte[] in, int at, int stream, int flags, int payload, long now) {
    continuations = 0;
    boolean plain = (flags & ~Http2Frames.END_STREAM) == Http2Frames.END_HEADERS;
    boolean still =
        plain
            && payload <= LONGEST_BLOCK
            && HeaderBlock.leavesTable(in, at + Http2Frames.HEAD, payload);
    if (!still) {
      alike.clear(); // equal bytes may mean something else from now on
    }
    boolean ends = (flags & Http2Frames.END_STREAM) != 0;
    if (stream <= lastStream) {
      return trailers(stream, still, ends);
    }
    lastStream = stream;
    budget.earn();
    HeaderBlock block = still ? HeaderBlock.of(in, at + Http2Frames.HEAD, payload) : null;
    if (block != null && mayRefuse && isCheck(block) && overload.slots().limit().isFull()) {
      if (refusing.size() >= mostStreams) {
        throw calm("too many requests at a time");
      }
      refusing.add(stream);
      endsRefused = ends ? stream : 0;
      return false;
    }
    Exchange exchange = new Exchange(stream, now, overload.slots().limit());
    open.put(stream, exchange);
    if (block != null) {
      remember(block, exchange);
    }
    begun.add(exchange);
    if (ends) {
      exchange.completed();
    }
    return true;
  }

  private boolean isCheck(HeaderBlock block) {
    Exchange earlier = alike.get(block);
    return earlier != null && earlier.kind() == Exchange.Kind.CHECK;
  }

  private void remember(HeaderBlock block, Exchange exchange) {
    if (alike.size() >= MOST_BLOCKS) {
      alike.clear();
    }
    alike.putIfAbsent(block, exchange);
  }

  private boolean trailers(int stream, boolean still, boolean ends) {
    if (refusing.contains(stream)) {
      if (!still) {
        throw calm("trailers of a refused request");
      }
      endsRefused = ends ? stream : 0;
      return false;
    }
    if (ends) {
      complete(stream);
    }
    return true;
  }

  private boolean data(int stream, int flags, int payload, long now) {
    boolean ends = (flags & Http2Frames.END_STREAM) != 0;
    if (payload == 0 && !ends) {
      spend(now);
    }
    if (refusing.contains(stream)) {
      writer.dataDropped(ends ? 0 : stream, payload);
      endsRefused = ends ? stream : 0;
      return false;
    }
    if (ends) {
      complete(stream);
    }
    return true;
  }

  private void complete(int stream) {
    Exchange exchange = open.get(stream);
    if (exchange != null) {
      exchange.completed();
      if (exchange.hasEnded()) {
        open.remove(stream);
      }
    }
  }

  private boolean reset(int stream, long now) {
    if (refusing.remove(stream)) {
      return false;
    }
    Exchange exchange = open.remove(stream);
    if (exchange != null) {
      exchange.end();
      return true;
    }
    if (stream > lastStream) {
      return true; // an idle stream: Helidon ends the connection, as it must
    }
    spend(now);
    return false;
  }

  private boolean room(byte[] in, int at, int stream, int payload, long now) {
    spend(now);
    if (stream != 0) {
      return open.containsKey(stream) || stream > lastStream;
    }
    if (payload != 4) {
      return true;
    }
    int increment = Http2Frames.increment(in, at);
    if (increment == 0) {
      return true;
    }
    int known = writer.roomArrived(increment);
    Http2Frames.putInt32(in, at + Http2Frames.HEAD, known);
    return known > 0;
  }

  private void settings(byte[] in, int at, int payload) {
    writer.settingsArrived();
    if (payload > LONGEST_HELD_BACK) {
      mayRefuse = false;
      return;
    }
    for (int i = at + Http2Frames.HEAD; i + 6 <= at + Http2Frames.HEAD + payload; i += 6) {
      int id = (in[i] & 0xff) << 8 | (in[i + 1] & 0xff);
      if (id == INITIAL_WINDOW_SIZE) {
        mayRefuse = Integer.compareUnsigned(Http2Frames.int32(in, i + 2), LEAST_WINDOW) >= 0;
      }
    }
  }

  private void refuse(int stream) {
    refusing.remove(stream);
    refusedSome = true;
    Refusal refusal = overload.refusal();
    if (!writer.keepRefusal(refusal.frames(stream), refusal.dataLength())) {
      // There is no room for a message, but always for this: the call was not processed at all.
      writer.sendFrame(Http2Frames.reset(stream, Http2Frames.REFUSED_STREAM));
    }
    overload.refusedUnread();
  }

  /** The request that Helidon is about to start a thread for. */
  @Nullable Exchange takeBegun() {
    return begun.poll();
  }

  /**
   * An exchange has ended on its own thread: it was answered, or its caller gave it up. Called by
   * that thread.
   */
  void ended(Exchange exchange) {
    if (exchange.isComplete()) {
      open.remove(exchange.stream());
    }
  }

  /** Helidon resets a stream, perhaps before it has started a thread for it. Any thread. */
  private void resetByServer(int stream) {
    begun.removeIf(exchange -> exchange.stream() == stream);
    Exchange exchange = open.remove(stream);
    if (exchange != null) {
      exchange.abandon();
    }
  }

  /** The connection has ended. */
  void abandon() {
    open.values().forEach(Exchange::abandon);
    open.clear();
  }

  /** The highest stream that the peer has opened; any thread may ask. */
  int lastStream() {
    return lastStream;
  }

  /** Whether no request is in work; any thread may ask. */
  boolean isQuiet() {
    return open.isEmpty();
  }

  /** Whether the peer has answered a ping; any thread may ask. */
  boolean isPingAnswered() {
    return pingAnswered;
  }

  /**
   * How long the peer has owed the rest of its preface, of a frame, or of a check, or has not taken
   * an answer; any thread may ask. Zero where it owes nothing.
   */
  Duration owing() {
    long now = System.nanoTime();
    Duration longest = writer.stuckFor();
    Duration frame = insideFrame ? Duration.ofNanos(Math.max(0, now - insideSince)) : Duration.ZERO;
    if (frame.compareTo(longest) > 0) {
      longest = frame;
    }
    for (Exchange exchange : open.values()) {
      Duration owed = exchange.owing(now);
      if (owed.compareTo(longest) > 0) {
        longest = owed;
      }
    }
    return longest;
  }
}
