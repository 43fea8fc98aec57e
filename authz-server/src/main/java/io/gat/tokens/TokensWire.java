package io.gat.tokens;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Message;
import io.gat.tokens.v1.MintRequest;
import io.gat.tokens.v1.MintResponse;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import io.grpc.protobuf.ProtoUtils;

/** The service's one method, as gRPC names it. */
public final class TokensWire {
  private static final String NAME = "gat.issuer.v1.Tokens";

  /** Gives a token. */
  public static final MethodDescriptor<MintRequest, MintResponse> MINT =
      MethodDescriptor.<MintRequest, MintResponse>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(NAME, "Mint"))
          .setRequestMarshaller(marshaller(MintRequest.getDefaultInstance()))
          .setResponseMarshaller(marshaller(MintResponse.getDefaultInstance()))
          .build();

  /** The service, with what tools need to describe it. */
  static final ServiceDescriptor SERVICE =
      ServiceDescriptor.newBuilder(NAME).addMethod(MINT).setSchemaDescriptor(new Schema()).build();

  private TokensWire() {}

  private static <T extends Message> MethodDescriptor.Marshaller<T> marshaller(T message) {
    return ProtoUtils.marshaller(message);
  }

  private static final class Schema implements ProtoFileDescriptorSupplier {
    @Override
    public FileDescriptor getFileDescriptor() {
      return MintRequest.getDescriptor().getFile();
    }
  }
}
