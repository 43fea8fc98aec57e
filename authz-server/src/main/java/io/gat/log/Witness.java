package io.gat.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The small file that knows how far the log had come. After each commit, and before anybody is told
 * of it, the position is written here without waiting for the disk: it costs microseconds and is
 * never ahead of the log. A database that lacks the position has lost records, and so has a topic
 * that ends before its own.
 *
 * <p>Two copies take turns, so that a torn write leaves the other one.
 */
final class Witness implements AutoCloseable {
  /**
   * What it says.
   *
   * @param sequence counts the writes
   * @param generation how often the log was opened for writing
   * @param self the identity of the witness' own file
   * @param incarnation the log's
   * @param position the log had at least this one, durably
   * @param ends each topic had at least this one, durably; 0 for none
   */
  record Statement(
      long sequence,
      long generation,
      FileIdentity self,
      String incarnation,
      long position,
      Map<Topic, Long> ends) {
    Statement at(long newGeneration, Heads heads) {
      return new Statement(
          sequence + 1, newGeneration, self, incarnation, heads.end(), heads.ends());
    }

    long end(Topic topic) {
      return ends.getOrDefault(topic, 0L);
    }
  }

  private static final long MAGIC = 0x6761742d77697402L; // "gat-wit", version 2
  private static final int INCARNATION = 22;
  private static final int COPY = 512;

  /** Places for the ends of topics, by code; more than there are. */
  private static final int PLACES = 16;

  private final FileChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(COPY);
  private Statement last;

  private Witness(FileChannel channel, Statement last) {
    this.channel = channel;
    this.last = last;
  }

  /** What the file says; empty where there is none, or none that can be read. */
  static Optional<Statement> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    byte[] bytes = Files.readAllBytes(file);
    Optional<Statement> newest = Optional.empty();
    for (int start = 0; start + COPY <= bytes.length; start += COPY) {
      Optional<Statement> one = decode(ByteBuffer.wrap(bytes, start, COPY).slice());
      if (one.isPresent() && (newest.isEmpty() || one.get().sequence() > newest.get().sequence())) {
        newest = one;
      }
    }
    return newest;
  }

  /** Puts a new file in the place of the old one, durably. */
  static void replace(LogFiles files, long generation, String incarnation, Heads heads)
      throws IOException {
    Path draft = files.folder().resolve("log.witness.draft");
    Files.deleteIfExists(draft);
    LogFiles.create(draft);
    Statement statement =
        new Statement(
            0, generation, FileIdentity.ofNew(draft), incarnation, heads.end(), heads.ends());
    try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
      ByteBuffer both = ByteBuffer.allocate(2 * COPY);
      encode(statement, both.slice(0, COPY));
      encode(statement, both.slice(COPY, COPY));
      while (both.hasRemaining()) {
        channel.write(both);
      }
      channel.force(true);
    }
    Files.move(draft, files.witness(), StandardCopyOption.ATOMIC_MOVE);
    files.sync();
  }

  /** Opens it to go on from what it says. */
  static Witness open(Path file, Statement last) throws IOException {
    return new Witness(FileChannel.open(file, StandardOpenOption.WRITE), last);
  }

  /** Notes up to where the log is durable. */
  void write(long generation, Heads heads) throws IOException {
    Statement next = last.at(generation, heads);
    buffer.clear();
    encode(next, buffer);
    buffer.clear();
    long at = (next.sequence() & 1) * COPY;
    while (buffer.hasRemaining()) {
      channel.write(buffer, at + buffer.position());
    }
    last = next;
  }

  /** Makes it durable. */
  void force() throws IOException {
    channel.force(false);
  }

  @Override
  public void close() throws IOException {
    channel.force(false);
    channel.close();
  }

  private static void encode(Statement statement, ByteBuffer copy) {
    int start = copy.position();
    copy.putLong(MAGIC)
        .putLong(statement.sequence())
        .putLong(statement.generation())
        .putLong(statement.self().number())
        .putLong(statement.self().born())
        .putLong(statement.position());
    long[] ends = new long[PLACES];
    statement.ends().forEach((topic, end) -> ends[Tables.code(topic)] = end);
    for (long end : ends) {
      copy.putLong(end);
    }
    copy.put(statement.incarnation().getBytes(StandardCharsets.US_ASCII));
    copy.putInt(sum(copy.slice(start, copy.position() - start)));
  }

  private static Optional<Statement> decode(ByteBuffer copy) {
    if (copy.getLong() != MAGIC) {
      return Optional.empty();
    }
    long sequence = copy.getLong();
    long generation = copy.getLong();
    FileIdentity self = new FileIdentity(copy.getLong(), copy.getLong());
    long position = copy.getLong();
    long[] places = new long[PLACES];
    for (int code = 0; code < PLACES; code++) {
      places[code] = copy.getLong();
    }
    byte[] incarnation = new byte[INCARNATION];
    copy.get(incarnation);
    if (sum(copy.slice(0, copy.position())) != copy.getInt()) {
      return Optional.empty();
    }
    Map<Topic, Long> ends = new EnumMap<>(Topic.class);
    for (Topic topic : Topic.values()) {
      ends.put(topic, places[Tables.code(topic)]);
    }
    return Optional.of(
        new Statement(
            sequence,
            generation,
            self,
            new String(incarnation, StandardCharsets.US_ASCII),
            position,
            ends));
  }

  private static int sum(ByteBuffer bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes);
    return (int) sum.getValue();
  }
}
