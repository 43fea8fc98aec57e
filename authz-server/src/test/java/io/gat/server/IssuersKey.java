package io.gat.server;

import io.gat.keys.CryptoProvider;
import io.gat.keys.SigningKey;
import io.gat.keys.life.BorrowedKey;
import io.gat.keys.life.KeyChest;
import io.gat.keys.wrap.FileKeyEncryption;
import io.gat.log.EmbeddedLog;
import io.gat.log.LogReader;
import java.nio.file.Path;
import java.util.List;

/** The key of an issuer that runs in this test, so that tests sign what the issuer would not. */
public final class IssuersKey {
  private IssuersKey() {}

  /** The active key in an issuer's data folder. */
  public static SigningKey in(Path data) {
    CryptoProvider crypto = CryptoProvider.best();
    try (LogReader log = EmbeddedLog.openReadOnly(data);
        KeyChest chest =
            new KeyChest(
                FileKeyEncryption.load(data.resolve("key-encryption-key")), List.of(), crypto)) {
      return BorrowedKey.open(log, chest).orElseThrow();
    }
  }
}
