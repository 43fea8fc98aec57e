package io.gat.policy.evaluate;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives equal arrays, and equal texts in them, as one object: rules of a service name the same
 * methods and variables over and over. Nobody may change what it gives.
 */
final class ArrayPool {
  private final Map<String, String> single = new HashMap<>();
  private final Map<List<String>, String[]> texts = new HashMap<>();
  private final Map<List<Integer>, int[]> numbers = new HashMap<>();

  String[] texts(String[] array) {
    return texts.computeIfAbsent(
        List.of(array),
        key -> key.stream().map(t -> single.computeIfAbsent(t, s -> s)).toArray(String[]::new));
  }

  int[] numbers(int[] array) {
    return numbers.computeIfAbsent(
        Arrays.stream(array).boxed().toList(), key -> Arrays.copyOf(array, array.length));
  }
}
