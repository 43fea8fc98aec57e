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
  private static final System.Logger LOG = System.getLogger(AuditKey.class.getName());
  private static final int MAX_BYTES = 65_536;
  private static final String REMEDY =
      "restore it from its copy; if it is lost for good, put an empty file in its place (mode 0600):"
          + " gat makes a new key, and `gat audit verify` has to be told both";

  private AuditKey() {}

  /** What to do where there is no file. */
  public enum Missing {
    /** Nothing was ever signed by it. */
    MADE,
    /** The audit log has records: nobody exchanges the key that signs its history unnoticed. */
    REFUSED
  }

  /**
   * The key in a file; makes an ES256 key where there is none and that is right, and where the file
   * is empty: so an operator says that the key is lost.
   *
   * @param chest stays open
   * @throws KeySourceException where the file cannot be used or written: one line with a remedy
   */
  public static SigningKey load(Path file, KeyChest chest, Missing missing) {
    if (missing == Missing.MADE && Files.notExists(file)) {
      SigningKey made = chest.make(Algorithm.ES256);
      if (PrivateFiles.create(file, text(made, chest).getBytes(StandardCharsets.UTF_8))) {
        return made;
      }
    }
    byte[] content = PrivateFiles.readPrivate(file, MAX_BYTES, REMEDY);
    if (content.length == 0) {
      SigningKey made = chest.make(Algorithm.ES256);
      PrivateFiles.replace(file, text(made, chest).getBytes(StandardCharsets.UTF_8));
      LOG.log(
          System.Logger.Level.WARNING,
          "{0}: was empty, so the audit log''s checkpoints are signed by a new key from now on: {1}",
          file,
          made.kid());
      return made;
    }
    return open(file, content, chest);
  }

  private static SigningKey open(Path file, byte[] content, KeyChest chest) {
    try {
      Map<String, Object> members = StrictJson.object(content);
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
