package io.gat.http;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Finds what a call asks for. The most specific template owns a path, as in policies.
 *
 * @param <T> what stands under method and path
 */
final class OperationTable<T> {
  private final SortedMap<PathTemplate, SortedMap<String, T>> paths = new TreeMap<>();

  /**
   * Adds an operation.
   *
   * @throws IllegalArgumentException where there is one by this method and path
   */
  void add(String method, String path, T operation) {
    if (paths.computeIfAbsent(new PathTemplate(path), p -> new TreeMap<>()).put(method, operation)
        != null) {
      throw new IllegalArgumentException("two operations are " + method + " " + path);
    }
  }

  /**
   * What a call asks for.
   *
   * @param <T> what stands under method and path
   */
  sealed interface Found<T> {
    /** An operation, and its path's variables. */
    record Operation<T>(T operation, Map<String, String> path) implements Found<T> {
      public Operation {
        path = Map.copyOf(path);
      }
    }

    /** The path has operations, but none by this method. */
    record OtherMethods<T>(List<String> allowed) implements Found<T> {
      public OtherMethods {
        allowed = List.copyOf(allowed);
      }
    }

    /** There is no such path. */
    record Nothing<T>() implements Found<T> {}
  }

  Found<T> find(String method, String rawPath) {
    for (Map.Entry<PathTemplate, SortedMap<String, T>> one : paths.entrySet()) {
      Optional<Map<String, String>> path = one.getKey().match(rawPath);
      if (path.isPresent()) {
        T operation = one.getValue().get(method);
        return operation == null
            ? new Found.OtherMethods<>(List.copyOf(one.getValue().keySet()))
            : new Found.Operation<>(operation, path.get());
      }
    }
    return new Found.Nothing<>();
  }
}
