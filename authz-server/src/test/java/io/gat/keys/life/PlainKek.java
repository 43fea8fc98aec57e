package io.gat.keys.life;

import io.gat.keys.KeyEncryption;
import io.gat.keys.KeySourceException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Encrypts nothing, and binds all the same: fast, for tests of other things. */
record PlainKek(String id, int version) implements KeyEncryption {
  @Override
  public String wrap(byte[] secret, String binding) {
    return version
        + ":"
        + encoded(binding.getBytes(StandardCharsets.UTF_8))
        + ":"
        + encoded(secret);
  }

  private static String encoded(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  @Override
  public byte[] unwrap(String wrapped, String binding) {
    String[] parts = wrapped.split(":", 3);
    if (!parts[1].equals(encoded(binding.getBytes(StandardCharsets.UTF_8)))) {
      throw new KeySourceException("bound to something else");
    }
    return Base64.getDecoder().decode(parts[2]);
  }

  @Override
  public boolean isOutdated(String wrapped) {
    return Integer.parseInt(wrapped.split(":", 2)[0]) < version;
  }

  @Override
  public void close() {}
}
