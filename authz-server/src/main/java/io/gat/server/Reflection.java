package io.gat.server;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.grpc.BindableService;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import io.grpc.reflection.v1.ErrorResponse;
import io.grpc.reflection.v1.FileDescriptorResponse;
import io.grpc.reflection.v1.ListServiceResponse;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Describes the services of one listener to tools such as grpcurl ({@code grpc.reflection.v1}, and
 * {@code v1alpha}, whose messages are the same on the wire).
 *
 * <p>In place of Helidon's and of grpc-java's own. Helidon's keeps what it describes in static
 * fields by the name of the socket, so that two servers in one process describe each other's
 * services; and it finds no file of a service that is registered without its descriptor.
 * grpc-java's needs a grpc-java server around it.
 */
final class Reflection extends ServerReflectionGrpc.ServerReflectionImplBase {
  private static final String V1_ALPHA = "grpc.reflection.v1alpha.ServerReflection";

  private final TreeSet<String> services = new TreeSet<>();
  private final Map<String, FileDescriptor> files = new HashMap<>();
  private final Map<String, FileDescriptor> symbols = new HashMap<>();

  Reflection(List<BindableService> described) {
    described.forEach(service -> describe(service.bindService()));
    describe(bindService());
  }

  private void describe(ServerServiceDefinition service) {
    services.add(service.getServiceDescriptor().getName());
    if (service.getServiceDescriptor().getSchemaDescriptor()
        instanceof ProtoFileDescriptorSupplier schema) {
      add(schema.getFileDescriptor());
    }
  }

  private void add(FileDescriptor file) {
    if (files.putIfAbsent(file.getName(), file) != null) {
      return;
    }
    file.getDependencies().forEach(this::add);
    file.getMessageTypes().forEach(message -> add(message, file));
    file.getEnumTypes().forEach(type -> symbols.put(type.getFullName(), file));
    file.getExtensions().forEach(extension -> symbols.put(extension.getFullName(), file));
    for (ServiceDescriptor service : file.getServices()) {
      symbols.put(service.getFullName(), file);
      for (MethodDescriptor method : service.getMethods()) {
        symbols.put(method.getFullName(), file);
      }
    }
  }

  private void add(Descriptor message, FileDescriptor file) {
    symbols.put(message.getFullName(), file);
    message.getNestedTypes().forEach(nested -> add(nested, file));
    message.getEnumTypes().forEach(type -> symbols.put(type.getFullName(), file));
  }

  /** The same service under the name that older tools ask for. */
  ServerServiceDefinition forOlderTools() {
    ServerServiceDefinition.Builder older = ServerServiceDefinition.builder(V1_ALPHA);
    bindService().getMethods().forEach(method -> add(older, method));
    return older.build();
  }

  private static <Q, A> void add(
      ServerServiceDefinition.Builder service, ServerMethodDefinition<Q, A> method) {
    service.addMethod(
        method.getMethodDescriptor().toBuilder()
            .setFullMethodName(
                io.grpc.MethodDescriptor.generateFullMethodName(
                    V1_ALPHA, String.valueOf(method.getMethodDescriptor().getBareMethodName())))
            .build(),
        method.getServerCallHandler());
  }

  @Override
  public StreamObserver<ServerReflectionRequest> serverReflectionInfo(
      StreamObserver<ServerReflectionResponse> answers) {
    return new StreamObserver<>() {
      @Override
      public void onNext(ServerReflectionRequest request) {
        answers.onNext(answer(request));
      }

      @Override
      public void onError(Throwable gone) {}

      @Override
      public void onCompleted() {
        answers.onCompleted();
      }
    };
  }

  private ServerReflectionResponse answer(ServerReflectionRequest request) {
    ServerReflectionResponse.Builder answer =
        ServerReflectionResponse.newBuilder()
            .setValidHost(request.getHost())
            .setOriginalRequest(request);
    switch (request.getMessageRequestCase()) {
      case LIST_SERVICES -> answer.setListServicesResponse(list());
      case FILE_BY_FILENAME -> file(answer, files.get(request.getFileByFilename()));
      case FILE_CONTAINING_SYMBOL -> file(answer, symbols.get(request.getFileContainingSymbol()));
      case FILE_CONTAINING_EXTENSION, ALL_EXTENSION_NUMBERS_OF_TYPE, MESSAGEREQUEST_NOT_SET ->
          answer.setErrorResponse(error(Status.Code.UNIMPLEMENTED));
    }
    return answer.build();
  }

  private ListServiceResponse list() {
    ListServiceResponse.Builder list = ListServiceResponse.newBuilder();
    services.forEach(name -> list.addService(ServiceResponse.newBuilder().setName(name)));
    return list.build();
  }

  /** A tool asks for what the file imports by itself. */
  private static void file(
      ServerReflectionResponse.Builder answer, @Nullable FileDescriptor found) {
    if (found == null) {
      answer.setErrorResponse(error(Status.Code.NOT_FOUND));
    } else {
      answer.setFileDescriptorResponse(
          FileDescriptorResponse.newBuilder()
              .addFileDescriptorProto(found.toProto().toByteString()));
    }
  }

  private static ErrorResponse error(Status.Code code) {
    return ErrorResponse.newBuilder().setErrorCode(code.value()).build();
  }
}
