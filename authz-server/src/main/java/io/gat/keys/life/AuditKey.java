package io.gat.keys.life;

import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import io.gat.keys.Algorithm;
import io.gat.keys.KeySourceException;
import io.gat.keys.PrivateFiles;
import io.gat.keys.SigningKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jose4j.json.JsonUtil;

/**
 * The key that signs the audit log's checkpoints: this machine's own, in a file beside the log,
 * encrypted by the key-encryption key. It is no part of the ring, so that whoever may sign tokens
 * does not thereby sign history.
 */
public final class AuditKey {
  private static final int MAX_BYTES = 65_536;
  private static final String REMEDY =
      "restore it, or move it away: gat makes a new one, and `gat audit verify` has to be told both";

  private AuditKey() {}

  /**
   * The key in a file; makes an ES256 key where there is none.
   *
   * @param chest stays open
   * @throws KeySourceException where the file cannot be used or written: one line with a remedy
   */
  public static SigningKey loadOrCreate(Path file, KeyChest chest) {
    if (Files.notExists(file)) {
      SigningKey made = chest.make(Algorithm.ES256);
      if (PrivateFiles.create(file, text(made, chest).getBytes(StandardCharsets.UTF_8))) {
        return made;
      }
    }
    try {
      Map<String, Object> members =
          StrictJson.object(PrivateFiles.readPrivate(file, MAX_BYTES, REMEDY));
      KeyEntry.Wrapped wrapped =
          new KeyEntry.Wrapped(text(members, "kek", file), text(members, "key", file));
      SigningKey key = chest.open(text(members, "kid", file), wrapped);
      if (chest.isOutdated(wrapped)) {
        PrivateFiles.replace(file, text(key, chest).getBytes(StandardCharsets.UTF_8));
      }
      return key;
    } catch (MalformedJsonException e) {
      throw unusable(file);
    }
  }

  private static String text(SigningKey key, KeyChest chest) {
    KeyEntry.Wrapped wrapped = chest.wrap(key);
    return JsonUtil.toJson(Map.of("kid", key.kid(), "kek", wrapped.kek(), "key", wrapped.text()))
        + "\n";
  }

  private static String text(Map<String, Object> members, String name, Path file) {
    if (members.get(name) instanceof String text) {
      return text;
    }
    throw unusable(file);
  }

  private static KeySourceException unusable(Path file) {
    return new KeySourceException(file + ": no audit key; " + REMEDY);
  }
}
