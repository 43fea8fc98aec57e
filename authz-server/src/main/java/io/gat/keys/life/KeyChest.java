package io.gat.keys.life;

import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeyEncryption;
import io.gat.keys.KeySourceException;
import io.gat.keys.SigningKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes private keys, and encrypts them for the log by the current key-encryption key; opens what
 * that one or a previous one has encrypted.
 */
public final class KeyChest implements AutoCloseable {
  private static final byte[] PROBE = "gat probe".getBytes(StandardCharsets.US_ASCII);

  private final KeyEncryption current;
  private final Map<String, KeyEncryption> all;
  private volatile boolean checked;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final CryptoProvider provider;
  private final Function<Algorithm, SigningKey> maker;

  /**
   * A chest, which closes its key-encryption keys with itself.
   *
   * @param current encrypts, and opens
   * @param previous open what they have encrypted
   */
  public KeyChest(KeyEncryption current, List<KeyEncryption> previous, CryptoProvider provider) {
    this(current, previous, provider, algorithm -> SigningKey.generate(algorithm, provider));
  }

  /** A chest; tests bring keys that are made already. */
  KeyChest(
      KeyEncryption current,
      List<KeyEncryption> previous,
      CryptoProvider provider,
      Function<Algorithm, SigningKey> maker) {
    this.current = current;
    this.provider = provider;
    this.maker = maker;
    Map<String, KeyEncryption> byId = new LinkedHashMap<>();
    Stream.concat(Stream.of(current), previous.stream()).forEach(k -> byId.putIfAbsent(k.id(), k));
    this.all = Map.copyOf(byId);
  }

  SigningKey make(Algorithm algorithm) {
    return maker.apply(algorithm);
  }

  KeyEntry.Wrapped wrap(SigningKey key) {
    return new KeyEntry.Wrapped(current.id(), key.wrap(current));
  }

  /**
   * The private key of a key of the ring.
   *
   * @throws KeySourceException where the key-encryption key is not here, or cannot be used
   */
  SigningKey open(KeyEntry key) {
    return open(key.kid(), key.wrapped());
  }

  SigningKey open(String kid, KeyEntry.Wrapped wrapped) {
    KeyEncryption kek = all.get(wrapped.kek());
    if (kek == null) {
      throw new KeySourceException(
          "signing key "
              + kid
              + " was encrypted by the key-encryption key "
              + wrapped.kek()
              + ", but gat.issuer.keys has "
              + all.keySet().stream().sorted().collect(Collectors.joining(", "))
              + "; give that one as `kek`, or under `previous-keks` to go over to another");
    }
    return SigningKey.unwrap(wrapped.text(), kid, kek, provider);
  }

  /** True where a key should be encrypted anew, by the current key-encryption key. */
  boolean isOutdated(KeyEntry key) {
    return isOutdated(key.wrapped());
  }

  boolean isOutdated(KeyEntry.Wrapped wrapped) {
    return !wrapped.kek().equals(current.id()) || current.isOutdated(wrapped.text());
  }

  /**
   * Tries the current key-encryption key, once: it may be on another machine.
   *
   * @throws KeySourceException where it does not give back what it was given, or gives it to
   *     whoever names another binding
   */
  public void check() {
    if (checked) {
      return;
    }
    String wrapped = current.wrap(PROBE, "probe");
    if (!Arrays.equals(PROBE, current.unwrap(wrapped, "probe"))) {
      throw new KeySourceException(
          "the key-encryption key " + current.id() + " does not give back what it encrypts");
    }
    boolean bound;
    try {
      byte[] _ = current.unwrap(wrapped, "another probe");
      bound = false;
    } catch (KeySourceException e) {
      bound = true;
    }
    if (!bound) {
      throw new KeySourceException(
          "the key-encryption key "
              + current.id()
              + " does not authenticate associated data; use AES-GCM (Vault 1.9 or newer)");
    }
    checked = true;
  }

  @Override
  public void close() {
    if (!closed.getAndSet(true)) {
      all.values().forEach(KeyEncryption::close);
    }
  }
}
