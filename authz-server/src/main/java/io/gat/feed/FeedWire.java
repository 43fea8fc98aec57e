package io.gat.feed;

import io.gat.feed.v1.FromAuthz;
import io.gat.feed.v1.FromIssuer;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;

/** The feed's one method, as gRPC names it. */
final class FeedWire {
  static final String SERVICE = "gat.feed.v1.Feed";

  /** So many claims of a stream may wait for their answer. */
  static final int MOST_CLAIMS = 256;

  static final MethodDescriptor<FromAuthz, FromIssuer> FOLLOW =
      MethodDescriptor.<FromAuthz, FromIssuer>newBuilder()
          .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Follow"))
          .setRequestMarshaller(ProtoUtils.marshaller(FromAuthz.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(FromIssuer.getDefaultInstance()))
          .build();

  /** The same as an issuer answers it. */
  static final MethodDescriptor<FromAuthz, Outgoing> ANSWERED =
      MethodDescriptor.<FromAuthz, Outgoing>newBuilder()
          .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
          .setFullMethodName(FOLLOW.getFullMethodName())
          .setRequestMarshaller(FOLLOW.getRequestMarshaller())
          .setResponseMarshaller(Outgoing.MARSHALLER)
          .build();

  private FeedWire() {}
}
