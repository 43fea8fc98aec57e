package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.SocketWriterException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GatheredWritesTest {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int WINDOW_UPDATE = 8;

  private final List<byte[]> sent = new ArrayList<>();
  private final GatheredWrites writes = new GatheredWrites();
  private final DataWriter writer = writes.onto(new Recorder());

  /** A socket that remembers each write. */
  private final class Recorder implements DataWriter {
    @Override
    public void write(BufferData... buffers) {
      throw new AssertionError("not used");
    }

    @Override
    public void write(BufferData buffer) {
      throw new AssertionError("not used");
    }

    @Override
    public void writeNow(BufferData... buffers) {
      throw new AssertionError("not used");
    }

    @Override
    public void writeNow(BufferData buffer) {
      byte[] bytes = new byte[buffer.available()];
      buffer.read(bytes);
      sent.add(bytes);
    }
  }

  private static byte[] frame(int type, int stream, byte... payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .put((byte) (payload.length >> 16))
        .putShort((short) payload.length)
        .put((byte) type)
        .put((byte) 0)
        .putInt(stream)
        .put(payload)
        .array();
  }

  /** A DATA frame with a gRPC message that says to be so long. */
  private static byte[] message(int stream, int declared, int present) {
    return frame(
        DATA, stream, ByteBuffer.allocate(5 + present).put((byte) 0).putInt(declared).array());
  }

  private static byte[] room(int stream, int increment) {
    return frame(WINDOW_UPDATE, stream, ByteBuffer.allocate(4).putInt(increment).array());
  }

  private void write(byte[] frame) {
    // In two parts, like Helidon's: the head of the frame and its payload.
    writer.writeNow(
        BufferData.create(
            BufferData.create(frame, 0, 9), BufferData.create(frame, 9, frame.length - 9)));
  }

  private void answer(int stream) {
    write(frame(HEADERS, stream, (byte) 1));
    write(message(stream, 3, 3));
    write(frame(HEADERS, stream, (byte) 2));
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private void assertSent(byte[]... expected) {
    assertEquals(expected.length, sent.size(), "pieces");
    for (int i = 0; i < expected.length; i++) {
      assertArrayEquals(expected[i], sent.get(i), "piece " + i);
    }
  }

  @Test
  void sendsAnAnswerInOnePiece() {
    writes.during(() -> answer(1));
    assertSent(joined(frame(HEADERS, 1, (byte) 1), message(1, 3, 3), frame(HEADERS, 1, (byte) 2)));
  }

  @Test
  void sendsNothingBeforeTheCallEnds() {
    writes.during(
        () -> {
          answer(1);
          assertEquals(List.of(), sent);
        });
    assertEquals(1, sent.size());
  }

  @Test
  void sendsTheAnswerOfACallThatThrows() {
    assertThrows(
        IllegalStateException.class,
        () ->
            writes.during(
                () -> {
                  answer(1);
                  throw new IllegalStateException("a bug");
                }));
    assertEquals(1, sent.size());
  }

  @Test
  void sendsAtOnceWhatNoCallWrites() {
    write(frame(SETTINGS, 0));
    assertSent(frame(SETTINGS, 0));
  }

  @Test
  void sendsWhatIsKeptAlongWithAFrameThatCannotWait() throws Exception {
    writes.during(
        () -> {
          write(frame(HEADERS, 1, (byte) 1));
          onAnotherThread(() -> write(frame(SETTINGS, 0)));
          assertSent(joined(frame(HEADERS, 1, (byte) 1), frame(SETTINGS, 0)));
          write(message(1, 3, 3));
        });
    assertEquals(2, sent.size());
    assertArrayEquals(message(1, 3, 3), sent.get(1));
  }

  @Test
  void sendsThePartsOfALongMessageAtOnce() {
    writes.during(
        () -> {
          write(frame(HEADERS, 1, (byte) 1));
          write(message(1, 100, 10));
          assertSent(joined(frame(HEADERS, 1, (byte) 1), message(1, 100, 10)));
          write(frame(DATA, 1, (byte) 7));
          assertEquals(2, sent.size());
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {4_000, 65_000, 70_000, 200_000})
  void sendsLargeMessagesWhole(int length) {
    writes.during(
        () -> {
          write(frame(HEADERS, 1, (byte) 1));
          write(message(1, length, length));
        });
    assertArrayEquals(
        joined(frame(HEADERS, 1, (byte) 1), message(1, length, length)),
        joined(sent.toArray(new byte[0][])));
  }

  @Test
  void addsUpTheRoomOnTheConnection() {
    for (int i = 0; i < 16; i++) {
      assertEquals(List.of(), sent, "after " + i);
      write(room(0, 1024));
    }
    assertSent(room(0, 16 * 1024));
  }

  @Test
  void neverSaysThatThereIsNoMoreRoom() {
    for (int i = 0; i < 100; i++) {
      write(room(0, 0));
      writes.during(() -> answer(1));
    }
    for (byte[] piece : sent) {
      assertEquals(HEADERS, piece[3], "starts with an answer");
    }
  }

  @Test
  void keepsTheRoomOnAStreamUntilItMatters() {
    write(room(7, 15_000));
    write(room(0, 15_000));
    assertEquals(List.of(), sent);
    write(room(7, 2_000));
    write(room(0, 2_000));
    assertSent(joined(room(7, 15_000), room(7, 2_000), room(0, 17_000)));
  }

  @Test
  void sendsTheRoomOnTheConnectionWithAnAnswerWhereItIsWorthAFrame() {
    write(room(0, 8_192));
    writes.during(() -> answer(1));
    assertEquals(1, sent.size());
    byte[] piece = sent.getFirst();
    byte[] end = ByteBuffer.allocate(13).put(piece, piece.length - 13, 13).array();
    assertArrayEquals(room(0, 8_192), end);
  }

  @Test
  void forgetsWhatASocketThatIsGoneDidNotTake() {
    List<Integer> tries = new ArrayList<>();
    DataWriter gone =
        writes.onto(
            new DataWriter() {
              @Override
              public void write(BufferData... buffers) {
                throw new AssertionError("not used");
              }

              @Override
              public void write(BufferData buffer) {
                throw new AssertionError("not used");
              }

              @Override
              public void writeNow(BufferData... buffers) {
                throw new AssertionError("not used");
              }

              @Override
              public void writeNow(BufferData buffer) {
                tries.add(buffer.available());
                throw new SocketWriterException();
              }
            });
    assertThrows(
        SocketWriterException.class,
        () -> writes.during(() -> gone.writeNow(BufferData.create(frame(HEADERS, 1, (byte) 1)))));
    assertThrows(
        SocketWriterException.class, () -> gone.writeNow(BufferData.create(frame(SETTINGS, 0))));
    assertEquals(List.of(10, 9), tries);
  }

  private static void onAnotherThread(Runnable task) {
    Thread other = Thread.ofPlatform().start(task);
    try {
      other.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
