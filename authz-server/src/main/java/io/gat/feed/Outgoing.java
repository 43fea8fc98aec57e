package io.gat.feed;

import io.gat.feed.v1.FromIssuer;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.InputStream;

/** A message to an authz server in the bytes in which it is sent, so that one may go to many. */
final class Outgoing {
  /** For the sending side alone. */
  static final MethodDescriptor.Marshaller<Outgoing> MARSHALLER =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(Outgoing message) {
          return new Bytes(message.bytes);
        }

        @Override
        public Outgoing parse(InputStream stream) {
          throw new UnsupportedOperationException("an issuer reads no answers of its own");
        }
      };

  private final byte[] bytes;

  private Outgoing(byte[] bytes) {
    this.bytes = bytes;
  }

  static Outgoing of(FromIssuer message) {
    return new Outgoing(message.toByteArray());
  }

  /** In bytes. */
  int size() {
    return bytes.length;
  }

  private static final class Bytes extends ByteArrayInputStream implements KnownLength {
    Bytes(byte[] bytes) {
      super(bytes);
    }
  }
}
