package io.gat.policy.evaluate;

import io.gat.policy.Service.CaseSensitivity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Path templates as a trie, immutable once built: each node branches by literal, by {@code {x}} and
 * by {@code {x=**}}.
 *
 * <p><b>Search.</b> A depth-first walk that tries the literal branch before {@code {x}} before
 * {@code {x=**}} meets the matching templates in the order of their specificity, so the first one
 * that is found owns the path. Two branches for one segment could make the walk exponential in the
 * path's length, but not here: a node is reached by exactly one sequence of branches, so a walk
 * visits each node of the trie at most once, and no node deeper than the path. With k templates of
 * n segments that is at most k × n nodes, and only those that agree with the path so far.
 *
 * @param <T> what a template stands for
 */
public final class PathTrie<T> {
  private final Node<T> root;
  private final CaseSensitivity caseSensitivity;

  private PathTrie(Node<T> root, CaseSensitivity caseSensitivity) {
    this.root = root;
    this.caseSensitivity = caseSensitivity;
  }

  private static final class Node<T> {
    final Map<String, Node<T>> literals = new HashMap<>();
    @Nullable Node<T> one;

    /** What ends here. */
    @Nullable T exact;

    /** What takes all that is left from here. */
    @Nullable T rest;
  }

  /** Collects templates; two of the same shape share one value. */
  public static final class Builder<T> {
    private final Node<T> root = new Node<>();
    private final CaseSensitivity caseSensitivity;

    public Builder(CaseSensitivity caseSensitivity) {
      this.caseSensitivity = caseSensitivity;
    }

    /** The value of this template's shape, made where there is none yet. */
    public T at(Template template, Supplier<T> make) {
      Node<T> node = root;
      for (Template.Part part : template.parts()) {
        switch (part) {
          case Template.Part.Literal literal ->
              node =
                  node.literals.computeIfAbsent(
                      folded(literal.text(), caseSensitivity), t -> new Node<>());
          case Template.Part.One one -> {
            if (node.one == null) {
              node.one = new Node<>();
            }
            node = node.one;
          }
          case Template.Part.Rest rest -> {
            T value = node.rest == null ? make.get() : node.rest;
            node.rest = value;
            return value;
          }
        }
      }
      T value = node.exact == null ? make.get() : node.exact;
      node.exact = value;
      return value;
    }

    public PathTrie<T> build() {
      return new PathTrie<>(root, caseSensitivity);
    }
  }

  private static String folded(String text, CaseSensitivity caseSensitivity) {
    return switch (caseSensitivity) {
      case EXACT -> text;
      case IGNORE_CASE -> text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    };
  }

  /**
   * The most specific template that matches and whose value is wanted.
   *
   * @param segments the canonical path's
   * @param wanted asked of each match, the most specific first, until it says yes
   */
  public Optional<T> find(List<String> segments, Predicate<T> wanted) {
    List<String> keys = segments;
    if (caseSensitivity == CaseSensitivity.IGNORE_CASE) {
      keys = new ArrayList<>(segments.size());
      for (String segment : segments) {
        keys.add(folded(segment, caseSensitivity));
      }
    }
    return Optional.ofNullable(find(root, keys, 0, wanted));
  }

  private @Nullable T find(Node<T> node, List<String> keys, int depth, Predicate<T> wanted) {
    if (depth == keys.size()) {
      if (node.exact != null && wanted.test(node.exact)) {
        return node.exact;
      }
    } else {
      String key = keys.get(depth);
      Node<T> literal = node.literals.get(key);
      if (literal != null) {
        T found = find(literal, keys, depth + 1, wanted);
        if (found != null) {
          return found;
        }
      }
      if (node.one != null && !key.isEmpty()) {
        T found = find(node.one, keys, depth + 1, wanted);
        if (found != null) {
          return found;
        }
      }
    }
    return node.rest != null && wanted.test(node.rest) ? node.rest : null;
  }
}
