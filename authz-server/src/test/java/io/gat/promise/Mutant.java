package io.gat.promise;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A mistake that breaks the promise: the real source with a few lines replaced, compiled into
 * classes that a process finds before those under test.
 */
enum Mutant {
  VOUCHES_BY_LOCAL_TIME(
      Schedule.DEPOSED_ISSUER,
      new Edit(
          "issue/Revocations",
          """
              return log.tick()
                  .thenCompose(
          """,
          """
              return CompletableFuture.<Appended>completedFuture(
                      new Appended.At(0, Appended.Novelty.NEW))
                  .thenCompose(
          """)),
  DOES_NOT_AWAIT_THE_LOG(
      Schedule.DEPOSED_ISSUER,
      new Edit(
          "issue/Revocations",
          """
              return log.tick()
                  .thenCompose(
                      tick -> {
                        if (!(tick instanceof Appended.At)) {
                          return CompletableFuture.failedFuture(
                              new LogException("the log does not acknowledge: " + tick));
                        }
          """,
          """
              var _ = log.tick();
              return CompletableFuture.<Void>completedFuture(null)
                  .thenCompose(
                      tick -> {
          """)),
  LEASE_FROM_ARRIVAL(
      Schedule.LATE_PROOFS,
      new Edit(
          "feed/FeedFollower",
          "lease = Lease.proved(sent.at(), maxStaleness);",
          "lease = Lease.proved(clock.now(), maxStaleness);")),
  LEASE_IS_CACHED(
      Schedule.CUT,
      new Edit(
          "revocation/Lease",
          "  public boolean isFresh(Moment now) {\n",
          """
            private static final java.util.Map<Lease, Boolean> FOUND =
                new java.util.concurrent.ConcurrentHashMap<>();

            public boolean isFresh(Moment now) {
          """),
      new Edit(
          "revocation/Lease",
          "return remaining(now).isPositive();",
          "return FOUND.computeIfAbsent(this, lease -> lease.remaining(now).isPositive());")),
  PROOF_BEFORE_CHANGES(
      Schedule.SLOW_RETURN,
      new Edit(
          "feed/FeedFollower",
          "if (incoming != null || upTo > position) {",
          "if (incoming != null) {"),
      new Edit(
          "feed/FeedSender",
          "      sent = theirs.getPosition();\n",
          "      sent = theirs.getPosition();\n      beforeChanges.run();\n"),
      new Edit(
          "feed/FeedSender",
          "  private long sending;\n",
          "  private long sending;\n  Runnable beforeChanges = () -> {};\n"),
      new Edit(
          "feed/FeedSession",
          "    sender.greet(theirs);\n",
          "    sender.beforeChanges = this::proveFirst;\n    sender.greet(theirs);\n"),
      new Edit(
          "feed/FeedSession",
          "  private @Nullable AuthzHello awaitHello() throws InterruptedException {\n",
          """
            private void proveFirst() {
              List<Long> asked = new ArrayList<>();
              lock.lock();
              try {
                while (probes.isEmpty() && end == null) {
                  news.awaitUninterruptibly();
                }
                drain(probes, asked);
              } finally {
                lock.unlock();
              }
              FeedSource.Vouched vouched = source.vouch().join();
              asked.forEach(
                  one -> sender.write(FromIssuer.newBuilder().setProof(proof(one, vouched))));
            }

            private @Nullable AuthzHello awaitHello() throws InterruptedException {
          """)),
  DROPS_A_DELTA_ON_RECONNECT(
      Schedule.RECONNECT,
      new Edit(
          "feed/FeedSender",
          "      sent = theirs.getPosition();\n",
          """
                sent = source.position();
                write(
                    FromIssuer.newBuilder()
                        .setChanges(
                            io.gat.feed.v1.Changes.newBuilder()
                                .setAfter(theirs.getPosition())
                                .setPosition(sent)
                                .setComplete(true)));
          """));

  private static final Path SOURCES = Path.of("src", "main", "java", "io", "gat");

  private final Schedule schedule;

  @SuppressWarnings("ImmutableEnumChecker") // a list that cannot be changed, of records of texts
  private final List<Edit> edits;

  /** Text of a source file and what stands in its place. */
  private record Edit(String file, String text, String replacement) {}

  Mutant(Schedule schedule, Edit... edits) {
    this.schedule = schedule;
    this.edits = List.of(edits);
  }

  /** The faults that show it. */
  Schedule schedule() {
    return schedule;
  }

  /**
   * Makes its classes.
   *
   * @throws AssertionError where the source has changed so that the mistake is none of it any more
   */
  Path compile(Path folder) throws IOException {
    Path sources = Files.createDirectories(folder.resolve("sources"));
    Path classes = Files.createDirectories(folder.resolve("classes"));
    List<Path> changed = new ArrayList<>();
    for (Edit edit : edits) {
      Path to = sources.resolve(edit.file() + ".java");
      if (Files.notExists(to)) {
        Files.createDirectories(to.getParent());
        Files.copy(SOURCES.resolve(edit.file() + ".java"), to);
        changed.add(to);
      }
      String before = Files.readString(to);
      assertEquals(
          2,
          before.split(Pattern.quote(edit.text()), -1).length,
          () -> name() + ": " + edit.file() + " has this not once any more:\n" + edit.text());
      Files.writeString(to, before.replace(edit.text(), edit.replacement()));
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter said = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      boolean done =
          compiler
              .getTask(
                  said,
                  files,
                  null,
                  List.of(
                      "-proc:none",
                      "-parameters",
                      "-cp",
                      System.getProperty("java.class.path"),
                      "-d",
                      classes.toString()),
                  null,
                  files.getJavaFileObjectsFromPaths(changed))
              .call();
      assertEquals(true, done, said::toString);
    }
    return classes;
  }
}
