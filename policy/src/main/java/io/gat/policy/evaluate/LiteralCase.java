package io.gat.policy.evaluate;

import io.gat.policy.Service.CaseSensitivity;

/** How a service compares literal segments: by their keys. */
public enum LiteralCase {
  EXACT {
    @Override
    public String key(String segment) {
      return segment;
    }
  },
  /** Character by character, upper then lower case, as {@link String#equalsIgnoreCase} does. */
  FOLDED {
    @Override
    public String key(String segment) {
      StringBuilder key = new StringBuilder(segment.length());
      for (int i = 0; i < segment.length(); ) {
        int c = segment.codePointAt(i);
        key.appendCodePoint(Character.toLowerCase(Character.toUpperCase(c)));
        i += Character.charCount(c);
      }
      return key.toString();
    }
  };

  /** Two segments are equal where their keys are. */
  public abstract String key(String segment);

  /** The comparison that a service asks for. */
  public static LiteralCase of(CaseSensitivity sensitivity) {
    return switch (sensitivity) {
      case EXACT -> EXACT;
      case IGNORE_CASE -> FOLDED;
    };
  }
}
