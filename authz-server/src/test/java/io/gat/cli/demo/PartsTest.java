package io.gat.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PartsTest {
  private final List<String> ended = new ArrayList<>();
  private final Parts parts = new Parts();

  @Test
  void endsInTheOppositeOrderAndOnce() throws IOException {
    parts.add(() -> ended.add("first"));
    parts.add(() -> ended.add("second"));
    parts.close();
    parts.close();
    assertEquals(List.of("second", "first"), ended);
  }

  @Test
  void endsTheOthersWhereOneFails() throws IOException {
    parts.add(() -> ended.add("first"));
    parts.add(
        () -> {
          throw new IOException("does not end");
        });
    assertThrows(UncheckedIOException.class, parts::close);
    assertEquals(List.of("first"), ended);
  }

  @Test
  void endsAtOnceWhatComesTooLate() {
    parts.close();
    assertThrows(IOException.class, () -> parts.add(() -> ended.add("late")));
    assertEquals(List.of("late"), ended);
  }
}
