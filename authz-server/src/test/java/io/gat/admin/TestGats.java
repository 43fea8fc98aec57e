package io.gat.admin;

import io.gat.audit.AuditEvent;
import io.gat.audit.AuditTrail;
import io.gat.issue.Jitter;
import io.gat.issue.MintRequest;
import io.gat.issue.MintedToken;
import io.gat.issue.Minter;
import io.gat.keys.SigningKey;
import io.gat.log.Appended;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Operators' gats by a real minter, and an audit trail that a test can read. */
public final class TestGats implements OperatorGats {
  private final Minter minter;

  public TestGats(String issuer, SigningKey key) {
    this(issuer, key, InstantSource.system());
  }

  /** Gats that were made when this clock says. */
  public TestGats(String issuer, SigningKey key, InstantSource clock) {
    this.minter = new Minter(issuer, key, clock);
  }

  @Override
  public Made make(String subject, String client, Set<String> scopes, Duration life) {
    MintedToken token =
        minter.mint(
            new MintRequest(
                AUDIENCE, scopes.stream().sorted().toList(), subject, client, life, "", Map.of()),
            Jitter.NONE,
            "somebody");
    return new Made(token.compact(), token.tokenId(), token.expiresAt(), scopes);
  }

  /** Keeps what happened, or refuses it. */
  public static final class Trail implements AuditTrail {
    private final List<AuditEvent> events = Collections.synchronizedList(new ArrayList<>());
    private volatile Appended answer = new Appended.At(1, Appended.Novelty.NEW);

    /** From now on every record ends so. */
    public void answer(Appended with) {
      answer = with;
    }

    public List<AuditEvent> events() {
      return List.copyOf(events);
    }

    @Override
    public CompletableFuture<Appended> record(AuditEvent event) {
      if (answer instanceof Appended.At) {
        events.add(event);
      }
      return CompletableFuture.completedFuture(answer);
    }
  }
}
