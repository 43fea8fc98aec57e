package io.gat.audit;

import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.KeySourceException;
import io.gat.keys.SignedDocument;
import io.gat.keys.VerificationKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says which checkpoints are genuine: by keys that the auditor brings, or else by the key that each
 * checkpoint itself carries. The latter proves only that one and the same key has signed them: who
 * can write the log and the file of checkpoints can bring a key of their own. So the ids of the
 * keys are told.
 */
public final class CheckpointTrust {
  private static final int MOST_KEYS = 1_000;
  private static final int REMEMBERED = 4_096;

  private final CryptoProvider provider;
  private final @Nullable SignedDocument root;
  private final Map<String, SignedDocument> carried = new HashMap<>();
  private final Set<String> kids = new TreeSet<>();

  /** A checkpoint comes from the export, and once more from the log. */
  private final Map<String, Optional<Checkpoint>> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Optional<Checkpoint>> eldest) {
          return size() > REMEMBERED;
        }
      };

  private CheckpointTrust(CryptoProvider provider, @Nullable SignedDocument root) {
    this.provider = provider;
    this.root = root;
  }

  /** By these keys alone. */
  public static CheckpointTrust in(List<VerificationKey> keys, CryptoProvider provider) {
    return new CheckpointTrust(provider, document(keys, provider));
  }

  /** By the key that each checkpoint carries. */
  public static CheckpointTrust inWhatTheyCarry(CryptoProvider provider) {
    return new CheckpointTrust(provider, null);
  }

  private static SignedDocument document(List<VerificationKey> keys, CryptoProvider provider) {
    return new SignedDocument(
        Checkpoint.TYPE, new KeySet(keys, Instant.EPOCH, Instant.MAX), provider);
  }

  /** True where the auditor brought the keys. */
  boolean hasRoot() {
    return root != null;
  }

  /** The ids of the keys that have signed what was read so far. */
  Set<String> kids() {
    return kids;
  }

  /** The checkpoint, if a trusted key has signed it; empty where not, or where it is none. */
  Optional<Checkpoint> read(String signed) {
    Optional<Checkpoint> before = known.get(signed);
    if (before != null) {
      return before;
    }
    Optional<Checkpoint> read = verified(signed);
    known.put(signed, read);
    return read;
  }

  private Optional<Checkpoint> verified(String signed) {
    if (!isCanonical(signed)) {
      return Optional.empty();
    }
    SignedDocument document =
        root == null
            ? ChainEnd.payload(signed).flatMap(Checkpoint::read).map(this::carried).orElse(null)
            : root;
    if (document == null) {
      return Optional.empty();
    }
    return switch (document.read(signed)) {
      case SignedDocument.Result.Genuine genuine -> Checkpoint.read(genuine.payload());
      case SignedDocument.Result.Doubtful doubtful -> Optional.empty();
    };
  }

  private @Nullable SignedDocument carried(Checkpoint said) {
    SignedDocument before = carried.get(said.keys());
    if (before != null || carried.size() >= MOST_KEYS) {
      return before;
    }
    try {
      List<VerificationKey> keys =
          SignedDocument.publicKeys("keys", said.keys().getBytes(StandardCharsets.UTF_8));
      SignedDocument document = document(keys, provider);
      carried.put(said.keys(), document);
      kids.addAll(keys.stream().map(VerificationKey::kid).collect(Collectors.toSet()));
      return document;
    } catch (KeySourceException e) {
      return null;
    }
  }

  /** Base64url has bits that mean nothing: a text must be the one that its bytes are written as. */
  private static boolean isCanonical(String signed) {
    String[] parts = signed.split("\\.", -1);
    if (parts.length != 3) {
      return false;
    }
    try {
      for (String part : parts) {
        byte[] bytes = Base64.getUrlDecoder().decode(part);
        if (!Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(part)) {
          return false;
        }
      }
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
