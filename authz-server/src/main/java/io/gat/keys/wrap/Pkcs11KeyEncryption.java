package io.gat.keys.wrap;

import io.gat.keys.KeyEncryption;
import io.gat.keys.KeySourceException;
import io.gat.keys.PrivateFiles;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.AuthProvider;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Provider;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.security.Security;
import java.util.Arrays;
import java.util.Objects;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.security.auth.login.LoginException;

/**
 * A key-encryption key inside a PKCS#11 token, such as a hardware security module: an AES key that
 * cannot leave it. The token encrypts and decrypts; private signing keys are in this process'
 * memory while they sign, and in the log only as the token has encrypted them. Through the JDK's
 * SunPKCS11.
 */
public final class Pkcs11KeyEncryption implements KeyEncryption {
  private static final System.Logger LOG = System.getLogger(Pkcs11KeyEncryption.class.getName());
  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int MAX_PIN = 256;

  private final Place place;
  private final Provider provider;
  private final SecretKey key;
  private final SecureRandom random = new SecureRandom();

  /**
   * Where the key is.
   *
   * @param library of the token's vendor
   * @param token the token's label
   * @param pinFile holds the user's PIN, for its owner only
   * @param label of the key
   */
  public record Place(Path library, String token, Path pinFile, String label) {
    public Place {
      Objects.requireNonNull(library);
      Objects.requireNonNull(token);
      Objects.requireNonNull(pinFile);
      Objects.requireNonNull(label);
    }
  }

  private Pkcs11KeyEncryption(Place place, Provider provider, SecretKey key) {
    this.place = place;
    this.provider = provider;
    this.key = key;
  }

  /**
   * Logs in to the token and finds the key.
   *
   * @throws KeySourceException where there is no such library, token or key, the PIN is wrong, or
   *     the key could be read out of the token
   */
  public static Pkcs11KeyEncryption open(Place place) {
    char[] pin = pin(place.pinFile());
    try {
      Provider provider = provider(place);
      KeyStore store = KeyStore.getInstance("PKCS11", provider);
      store.load(null, pin);
      if (!(store.getKey(place.label(), null) instanceof SecretKey key)) {
        throw new KeySourceException(
            place.library()
                + ": the token \""
                + place.token()
                + "\" has no secret key \""
                + place.label()
                + "\"; make one: pkcs11-tool --module "
                + place.library()
                + " --token-label "
                + place.token()
                + " --login --keygen --key-type AES:32 --label "
                + place.label());
      }
      if (!key.getAlgorithm().equals("AES")) {
        throw new KeySourceException(
            place.library() + ": the key \"" + place.label() + "\" is no AES key; make one");
      }
      if (key.getEncoded() != null) {
        throw new KeySourceException(
            place.library()
                + ": the key \""
                + place.label()
                + "\" can be read out of the token; make one that is sensitive and not"
                + " extractable");
      }
      return new Pkcs11KeyEncryption(place, provider, key);
    } catch (IOException e) {
      // The provider's way to tell that it was not let in.
      throw new KeySourceException(
          place.pinFile()
              + ": the token \""
              + place.token()
              + "\" does not take this PIN; write the right one, and mind that tokens lock after a"
              + " few wrong ones",
          e);
    } catch (GeneralSecurityException | ProviderException e) {
      throw new KeySourceException(
          place.library() + ": the token \"" + place.token() + "\" does not answer: " + e, e);
    } finally {
      Arrays.fill(pin, '\0');
    }
  }

  private static char[] pin(Path file) {
    byte[] bytes = PrivateFiles.readPrivate(file, MAX_PIN, "write the token's user PIN, one line");
    String text = new String(bytes, StandardCharsets.UTF_8).strip();
    if (text.isEmpty()) {
      throw new KeySourceException(file + ": is empty; write the token's user PIN, one line");
    }
    return text.toCharArray();
  }

  private static Provider provider(Place place) {
    long slot = Pkcs11Slots.find(place.library(), place.token());
    String library = place.library().toString();
    if (library.chars().anyMatch(c -> c == '"' || c == '\n' || c == '\\')) {
      throw new KeySourceException(library + ": the path has a character that it may not have");
    }
    Provider unconfigured = Security.getProvider("SunPKCS11");
    if (unconfigured == null) {
      throw new KeySourceException(
          "this Java has no SunPKCS11; run a whole JDK, with the module jdk.crypto.cryptoki");
    }
    return unconfigured.configure(
        "--name=gat\nlibrary=\"" + library + "\"\nslot=" + Long.toUnsignedString(slot) + "\n");
  }

  @Override
  public String id() {
    return "pkcs11:token=" + encoded(place.token()) + ";object=" + encoded(place.label());
  }

  /** As in a PKCS#11 URI (RFC 7512). */
  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public String wrap(byte[] secret, String binding) {
    try {
      return Sealed.seal(Cipher.getInstance(CIPHER, provider), key, random, secret, binding);
    } catch (GeneralSecurityException | ProviderException e) {
      throw away(e);
    }
  }

  @Override
  public byte[] unwrap(String wrapped, String binding) {
    try {
      return Sealed.open(Cipher.getInstance(CIPHER, provider), key, wrapped, binding);
    } catch (AEADBadTagException e) {
      throw new KeySourceException(
          id()
              + ": is not the key-encryption key that has encrypted "
              + binding
              + ", or that was changed in the log; name the right token and key");
    } catch (GeneralSecurityException | ProviderException e) {
      throw away(e);
    }
  }

  private KeySourceException away(Exception e) {
    return new KeySourceException(
        id() + ": the token does not do it: " + e + "; see to the token, and start gat again", e);
  }

  @Override
  public boolean isOutdated(String wrapped) {
    return false;
  }

  /** Logs out of the token. */
  @Override
  public void close() {
    if (provider instanceof AuthProvider login) {
      try {
        login.logout();
      } catch (LoginException e) {
        LOG.log(System.Logger.Level.DEBUG, "the token was left already: {0}", e.getMessage());
      }
    }
  }

  @Override
  public String toString() {
    return "Pkcs11KeyEncryption[" + id() + "]";
  }
}
