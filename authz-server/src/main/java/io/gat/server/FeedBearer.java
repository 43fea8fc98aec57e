package io.gat.server;

import io.gat.keys.KeySourceException;
import io.gat.keys.PrivateFiles;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Objects;

/**
 * A secret that both ends of a feed on loopback read from files, so that not every user of the
 * machine can follow it. It is read anew for each stream: who changes it changes both files.
 */
final class FeedBearer implements ServerInterceptor {
  private static final Logger LOG = System.getLogger(FeedBearer.class.getName());
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final String SCHEME = "Bearer ";
  private static final int LEAST = 16;
  private static final int MOST = 4_096;
  private static final String ADVICE =
      "put a random text of at least " + LEAST + " characters there (openssl rand -hex 32)";

  private final Path file;

  private FeedBearer(Path file) {
    this.file = Objects.requireNonNull(file);
  }

  /**
   * Asks for what is in a file.
   *
   * @throws StartException where it cannot be used: a line with a remedy
   */
  static FeedBearer asked(Path file) throws StartException {
    check(file);
    return new FeedBearer(file);
  }

  /**
   * Looks whether a file can be used.
   *
   * @throws StartException where it cannot: a line with a remedy
   */
  static void check(Path file) throws StartException {
    try {
      var _ = read(file);
    } catch (KeySourceException e) {
      throw new StartException(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Shows what is in a file now.
   *
   * @throws KeySourceException where it cannot be used: a line with a remedy
   */
  static ClientInterceptor shown(Path file) {
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, SCHEME + read(file));
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }

  private static String read(Path file) {
    String text =
        new String(PrivateFiles.readPrivate(file, MOST, ADVICE), StandardCharsets.UTF_8).strip();
    if (text.length() < LEAST || !text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new KeySourceException(
          file + ": no bearer of " + LEAST + " or more visible ASCII characters; " + ADVICE);
    }
    return text;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    byte[] wanted;
    try {
      wanted = (SCHEME + read(file)).getBytes(StandardCharsets.US_ASCII);
    } catch (KeySourceException e) {
      LOG.log(Level.ERROR, "nobody can follow this issuer: {0}", e.getMessage());
      call.close(Status.UNAVAILABLE.withDescription("the issuer has no bearer"), new Metadata());
      return new ServerCall.Listener<>() {};
    }
    String shown = Objects.requireNonNullElse(headers.get(AUTHORIZATION), "");
    // In constant time: how much of a guess is right must not show.
    if (!MessageDigest.isEqual(wanted, shown.getBytes(StandardCharsets.UTF_8))) {
      call.close(
          Status.UNAUTHENTICATED.withDescription("this feed asks for another bearer"),
          new Metadata());
      return new ServerCall.Listener<>() {};
    }
    return next.startCall(call, headers);
  }
}
