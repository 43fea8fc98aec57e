package io.gat.token;

/** Which {@code typ} values go with which place (RFC 8725, section 3.11). */
final class TrustedTypes {
  /** How configuration calls an absent {@code typ}. */
  static final String ABSENT = "none";

  /** A {@code typ} that spells {@code none} is not an absent one; nothing accepts this. */
  private static final String SPELLED_NONE = "\"none\"";

  private static final String TXN_TOKEN = "txntoken+jwt";

  private TrustedTypes() {}

  /** The canonical form of a {@code typ} that is there. */
  static String read(String typ) {
    String canonical = TrustedIssuer.canonicalType(typ);
    return canonical.equals(ABSENT) ? SPELLED_NONE : canonical;
  }

  /** True where a token of this type may stand at this place. */
  static boolean accepts(TrustedIssuer trust, Place place, String type) {
    return switch (place) {
      case AUTHORIZATION -> !type.equals(TXN_TOKEN) && trust.types().contains(type);
      case TXN_TOKEN -> type.equals(TXN_TOKEN);
    };
  }
}
