package io.gat.policy.evaluate;

import io.gat.policy.AccessRequest;
import io.gat.policy.Rule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Path templates as a tree of their segments.
 *
 * <p>A search walks it depth first and tries, at each node, the literal child, then the child for
 * any one segment, then the rest: so what it finds first is the most specific template by
 * comparison from left to right, and stepping back is built in. A node stands at one depth and has
 * one parent, so a search visits it at most once: the work is bounded by the nodes whose prefix
 * matches, never exponential in the path. Where few templates overlap, that is the path's length.
 *
 * <p>What a step costs in a large policy is the memory that it touches for the first time. So a
 * node's literal children stand in one table of hashes, which is asked before any child is looked
 * at, and a child, its key and its leaf are made one after the other, to lie together.
 */
final class PathTrie {
  private final Node root;

  private PathTrie(Node root) {
    this.root = root;
  }

  /**
   * The leaf of the most specific template that matches, if any.
   *
   * @param keys the path's segments as {@link LiteralCase} keys
   */
  @Nullable Leaf owner(List<String> keys) {
    return owner(root, keys, 0);
  }

  private static @Nullable Leaf owner(Node node, List<String> keys, int at) {
    if (at == keys.size()) {
      return node.end != null ? node.end : node.rest;
    }
    String key = keys.get(at);
    Node literal = node.literal(key);
    if (literal != null) {
      Leaf found = owner(literal, keys, at + 1);
      if (found != null) {
        return found;
      }
    }
    Node single = node.single;
    if (single != null && !key.isEmpty()) {
      Leaf found = owner(single, keys, at + 1);
      if (found != null) {
        return found;
      }
    }
    return node.rest;
  }

  /** The leaves of all templates that match, the most specific first: the owner, then others. */
  List<Leaf> matching(List<String> keys) {
    List<Leaf> found = new ArrayList<>();
    matching(root, keys, 0, found);
    return found;
  }

  private static void matching(Node node, List<String> keys, int at, List<Leaf> found) {
    if (at < keys.size()) {
      String key = keys.get(at);
      Node literal = node.literal(key);
      if (literal != null) {
        matching(literal, keys, at + 1, found);
      }
      if (node.single != null && !key.isEmpty()) {
        matching(node.single, keys, at + 1, found);
      }
    } else if (node.end != null) {
      found.add(node.end);
    }
    if (node.rest != null) {
      found.add(node.rest);
    }
  }

  /** The most specific deny rule that matches the path, covers the method and applies, if any. */
  @Nullable Rule denial(List<String> keys, String method, AccessRequest request, Instant now) {
    return denial(root, keys, 0, method, request, now);
  }

  private static @Nullable Rule denial(
      Node node, List<String> keys, int at, String method, AccessRequest request, Instant now) {
    if (at == keys.size()) {
      Rule found = node.end == null ? null : node.end.denial(method, request, now);
      if (found != null) {
        return found;
      }
    } else {
      String key = keys.get(at);
      Node literal = node.literal(key);
      if (literal != null) {
        Rule found = denial(literal, keys, at + 1, method, request, now);
        if (found != null) {
          return found;
        }
      }
      Node single = node.single;
      if (single != null && !key.isEmpty()) {
        Rule found = denial(single, keys, at + 1, method, request, now);
        if (found != null) {
          return found;
        }
      }
    }
    return node.rest == null ? null : node.rest.denial(method, request, now);
  }

  private static final class Node {
    private static final Node[] NO_CHILDREN = new Node[0];
    private static final int[] NO_HASHES = new int[0];

    private final String key;
    private final @Nullable Node single;
    private final @Nullable Leaf end;
    private final @Nullable Leaf rest;
    private int[] hashes = NO_HASHES;
    private @Nullable Node[] children = NO_CHILDREN;

    Node(String key, @Nullable Node single, @Nullable Leaf end, @Nullable Leaf rest) {
      this.key = key;
      this.single = single;
      this.end = end;
      this.rest = rest;
    }

    /** Open addressing at a load of at most a half; an empty place has no child. */
    void adopt(List<Node> literals) {
      int size = Integer.highestOneBit(Math.max(1, literals.size() * 2 - 1)) * 2;
      hashes = new int[size];
      children = new Node[size];
      for (Node child : literals) {
        int hash = spread(child.key.hashCode());
        int at = hash & (size - 1);
        while (children[at] != null) {
          at = at + 1 & (size - 1);
        }
        hashes[at] = hash;
        children[at] = child;
      }
    }

    @Nullable Node literal(String segment) {
      int[] table = hashes;
      if (table.length == 0) {
        return null;
      }
      int hash = spread(segment.hashCode());
      int last = table.length - 1;
      for (int at = hash & last; ; at = at + 1 & last) {
        int there = table[at];
        if (there == hash || there == 0) {
          Node child = children[at];
          if (child == null) {
            return null;
          }
          if (child.key.equals(segment)) {
            return child;
          }
        }
      }
    }

    private static int spread(int hash) {
      int mixed = hash * 0x9e3779b9;
      return mixed ^ (mixed >>> 15);
    }
  }

  /** Collects templates; not shared. */
  static final class Building {
    private final TreeMap<String, Building> literals = new TreeMap<>();
    private @Nullable Building single;
    private final List<Leaf.Placed> end = new ArrayList<>();
    private final List<Leaf.Placed> rest = new ArrayList<>();

    void add(Leaf.Placed placed, PathTemplate template, LiteralCase compare) {
      Building at = this;
      for (PathTemplate.Part part : template.parts()) {
        switch (part) {
          case PathTemplate.Part.Literal literal ->
              at = at.literals.computeIfAbsent(compare.key(literal.text()), k -> new Building());
          case PathTemplate.Part.Single one -> {
            Building next = at.single;
            if (next == null) {
              next = new Building();
              at.single = next;
            }
            at = next;
          }
          case PathTemplate.Part.Rest any -> {
            at.rest.add(placed);
            return;
          }
        }
      }
      at.end.add(placed);
    }

    PathTrie build() {
      return new PathTrie(build(""));
    }

    private Node build(String key) {
      Node any = single == null ? null : single.build("");
      // A copy of the key of its own: the policy file's text may be anywhere in memory.
      Node node = new Node(new String(key.toCharArray()), any, leaf(end), leaf(rest));
      if (!literals.isEmpty()) {
        List<Node> children = new ArrayList<>(literals.size());
        literals.forEach((text, child) -> children.add(child.build(text)));
        node.adopt(children);
      }
      return node;
    }

    private static @Nullable Leaf leaf(List<Leaf.Placed> rules) {
      return rules.isEmpty() ? null : new Leaf(rules);
    }
  }
}
