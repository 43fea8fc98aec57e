package io.gat.issue.caller;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The secrets that gat makes: 256 random bits behind a prefix by which people and scanners of
 * repositories know them. Nobody can choose one.
 */
public final class GeneratedSecret {
  private static final int BYTES = 32;
  private static final Pattern CLIENT_SECRET = Pattern.compile("gats_[A-Za-z0-9_-]{43}");
  private static final Pattern API_KEY =
      Pattern.compile("gat_ak_([A-Za-z0-9][A-Za-z0-9._-]{0,63})_[A-Za-z0-9_-]{43}");
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  private GeneratedSecret() {}

  /** True where a client or an API key may be called so. */
  public static boolean isId(String id) {
    return ID.matcher(id).matches();
  }

  /** A new client secret, {@code gats_…}. */
  public static Secret forClient(SecureRandom random) {
    return new Secret("gats_" + bits(random));
  }

  /** A new API key, {@code gat_ak_ID_…}. */
  public static Secret forApiKey(String id, SecureRandom random) {
    if (!isId(id)) {
      throw new IllegalArgumentException("not an id: " + id);
    }
    return new Secret("gat_ak_" + id + "_" + bits(random));
  }

  private static String bits(SecureRandom random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** The SHA-256 of a secret as the clients' file has it. */
  public static String hash(Secret secret) {
    return HexFormat.of().formatHex(HashedSecret.hash(secret.reveal()));
  }

  static boolean isClientSecret(String text) {
    return CLIENT_SECRET.matcher(text).matches();
  }

  /** The id in an API key; empty where it is none. */
  static Optional<String> idInApiKey(String text) {
    Matcher key = API_KEY.matcher(text);
    return key.matches() ? Optional.of(key.group(1)) : Optional.empty();
  }
}
