package io.gat.cli;

import io.gat.config.IssuerConfig;
import io.gat.issue.Jitter;
import io.gat.issue.MintRequest;
import io.gat.issue.MintedToken;
import io.gat.issue.Minter;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySourceException;
import io.gat.keys.SigningKey;
import java.time.InstantSource;

/** Makes tokens with the issuer's key, for whoever can read that key. */
final class LocalMint {
  private LocalMint() {}

  /**
   * Makes a token.
   *
   * @throws UnusableInput where the key cannot be used or the token cannot be made
   */
  static MintedToken mint(IssuerConfig issuer, MintRequest request, Jitter jitter) {
    try {
      SigningKey key =
          SigningKey.loadOrCreate(
              IssuerFiles.signingKey(issuer), Algorithm.ES256, CryptoProvider.jdk());
      return new Minter(issuer.url(), key, InstantSource.system()).mint(request, jitter);
    } catch (IllegalArgumentException | KeySourceException e) {
      throw new UnusableInput(String.valueOf(e.getMessage()));
    }
  }
}
