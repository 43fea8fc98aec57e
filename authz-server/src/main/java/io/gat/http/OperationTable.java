package io.gat.http;

import io.gat.admin.AdminOperation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Finds the operation of a call. The most specific template owns a path, as in policies. */
final class OperationTable {
  private final SortedMap<PathTemplate, SortedMap<String, AdminOperation>> paths = new TreeMap<>();

  OperationTable(List<AdminOperation> operations) {
    for (AdminOperation operation : operations) {
      AdminOperation before =
          paths
              .computeIfAbsent(new PathTemplate(operation.path()), p -> new TreeMap<>())
              .put(operation.method(), operation);
      if (before != null) {
        throw new IllegalArgumentException("two operations are " + operation.name());
      }
    }
  }

  /** What a call asks for. */
  sealed interface Found {
    /** An operation, and its path's variables. */
    record Operation(AdminOperation operation, Map<String, String> path) implements Found {
      public Operation {
        path = Map.copyOf(path);
      }
    }

    /** The path has operations, but none by this method. */
    record OtherMethods(List<String> allowed) implements Found {
      public OtherMethods {
        allowed = List.copyOf(allowed);
      }
    }

    /** There is no such path. */
    record Nothing() implements Found {}
  }

  Found find(String method, String rawPath) {
    for (Map.Entry<PathTemplate, SortedMap<String, AdminOperation>> one : paths.entrySet()) {
      Optional<Map<String, String>> path = one.getKey().match(rawPath);
      if (path.isPresent()) {
        AdminOperation operation = one.getValue().get(method);
        return operation == null
            ? new Found.OtherMethods(List.copyOf(one.getValue().keySet()))
            : new Found.Operation(operation, path.get());
      }
    }
    return new Found.Nothing();
  }
}
