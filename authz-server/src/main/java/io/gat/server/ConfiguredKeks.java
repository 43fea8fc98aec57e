package io.gat.server;

import io.gat.config.KekConfig;
import io.gat.config.SigningConfig;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeyEncryption;
import io.gat.keys.KeySourceException;
import io.gat.keys.life.KeyChest;
import io.gat.keys.wrap.FileKeyEncryption;
import io.gat.keys.wrap.Pkcs11KeyEncryption;
import io.gat.keys.wrap.VaultKeyEncryption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Opens the key-encryption keys that a configuration names. */
final class ConfiguredKeks {
  private ConfiguredKeks() {}

  /** What is done where the current key-encryption key's file is not there. */
  enum Missing {
    MADE,
    REFUSED
  }

  /**
   * A chest with the current and the previous ones; whoever takes it closes it.
   *
   * @throws KeySourceException where one cannot be used: a line with a remedy
   */
  static KeyChest chest(SigningConfig config, Missing missing, CryptoProvider crypto) {
    List<KeyEncryption> opened = new ArrayList<>();
    try {
      opened.add(current(config.kek(), missing));
      for (KekConfig previous : config.previousKeks()) {
        opened.add(open(previous));
      }
      return new KeyChest(opened.getFirst(), opened.subList(1, opened.size()), crypto);
    } catch (KeySourceException e) {
      opened.forEach(KeyEncryption::close);
      throw e;
    }
  }

  private static KeyEncryption current(KekConfig config, Missing missing) {
    if (config instanceof KekConfig.File file && Files.notExists(file.file())) {
      return switch (missing) {
        case MADE -> FileKeyEncryption.loadOrCreate(file.file());
        case REFUSED -> throw lost(file.file());
      };
    }
    return open(config);
  }

  /** A new key would open nothing, and would stand where the copy of the old one belongs. */
  private static KeySourceException lost(Path file) {
    return new KeySourceException(
        file
            + ": no such file, and the signing keys in the log are encrypted by the key that was"
            + " there; restore it from its copy");
  }

  private static KeyEncryption open(KekConfig config) {
    return switch (config) {
      case KekConfig.File file -> FileKeyEncryption.load(file.file());
      case KekConfig.Pkcs11 pkcs11 ->
          Pkcs11KeyEncryption.open(
              new Pkcs11KeyEncryption.Place(
                  pkcs11.library(), pkcs11.token(), pkcs11.pinFile(), pkcs11.label()));
      case KekConfig.Vault vault ->
          new VaultKeyEncryption(
              new VaultKeyEncryption.Place(
                  vault.url(), vault.key(), vault.tokenFile(), vault.mount(), vault.namespace()),
              vault.caFile());
    };
  }
}
