package io.gat.config;

import io.gat.keys.Algorithm;
import io.gat.policy.parse.YamlNode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads {@code gat.issuer.keys}. */
final class SigningReader {
  private static final List<String> KEYS =
      List.of("algorithm", "publish-lead", "rotate-every", "pool", "kek", "previous-keks");
  private static final List<String> KINDS = List.of("file", "pkcs11", "vault");
  private static final List<String> PKCS11 = List.of("library", "token", "pin-file", "label");
  private static final List<String> VAULT =
      List.of("url", "key", "token-file", "mount", "namespace", "ca-file");
  private static final Map<String, Algorithm> ALGORITHMS =
      Stream.of(Algorithm.values())
          .filter(a -> a.family() != Algorithm.Family.SECRET)
          .collect(Collectors.toMap(Algorithm::joseName, Function.identity()));

  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(/[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}){0,8}");

  private SigningReader() {}

  /**
   * The section, or what counts without it.
   *
   * @param data the log's folder
   */
  static SigningConfig read(Section issuer, Path data) {
    SigningConfig usual = SigningConfig.usual(data);
    Section section = issuer.section("keys", KEYS);
    if (section == null) {
      return usual;
    }
    Algorithm algorithm = section.word("algorithm", usual.algorithm(), ALGORITHMS);
    Duration lead = section.duration("publish-lead", usual.publishLead());
    if (lead.compareTo(SigningConfig.MAX_PUBLISH_LEAD) > 0) {
      section.refuse("publish-lead", "out of range", "write 0s to 24h");
      lead = usual.publishLead();
    }
    Duration every = section.longDuration("rotate-every", usual.rotateEvery());
    if (every.compareTo(SigningConfig.MIN_ROTATE_EVERY) < 0
        || every.compareTo(SigningConfig.MAX_ROTATE_EVERY) > 0) {
      section.refuse("rotate-every", "out of range", "write 1s to 365d");
    } else if (every.compareTo(lead) <= 0) {
      section.refuse(
          "rotate-every",
          "not longer than publish-lead: the next key would not be known in time",
          "write a longer time, such as 7d, or a shorter publish-lead");
    }
    int pool = section.count("pool", usual.pool(), 1, SigningConfig.MAX_POOL);
    KekConfig kek = section.has("kek") ? kek(section, "kek") : usual.kek();
    return new SigningConfig(
        algorithm, lead, every, pool, kek == null ? usual.kek() : kek, previous(section));
  }

  private static List<KekConfig> previous(Section section) {
    List<KekConfig> previous = new ArrayList<>();
    List<YamlNode> items = section.items("previous-keks");
    if (items != null) {
      for (YamlNode item : items) {
        Section one = section.section(item, KINDS);
        KekConfig kek = one == null ? null : kek(one);
        if (kek != null) {
          previous.add(kek);
        }
      }
    }
    return previous;
  }

  private static @Nullable KekConfig kek(Section section, String key) {
    Section kek = section.section(key, KINDS);
    return kek == null ? null : kek(kek);
  }

  private static @Nullable KekConfig kek(Section kek) {
    List<String> given = KINDS.stream().filter(kek::has).toList();
    if (given.size() != 1) {
      kek.refuseWhole(
          given.isEmpty() ? "no key-encryption key" : "more than one key-encryption key",
          "write one of {file: FILE}, {pkcs11: {…}}, {vault: {…}}");
      return null;
    }
    return switch (given.getFirst()) {
      case "file" -> {
        Path file = kek.path("file");
        yield file == null ? null : new KekConfig.File(file);
      }
      case "pkcs11" -> pkcs11(kek.section("pkcs11", PKCS11));
      default -> vault(kek.section("vault", VAULT));
    };
  }

  private static @Nullable KekConfig pkcs11(@Nullable Section section) {
    if (section == null) {
      return null;
    }
    Path library = needed(section, "library", section.path("library"), "name the vendor's .so");
    String token = needed(section, "token", section.text("token"), "write the token's label");
    Path pin =
        needed(section, "pin-file", section.path("pin-file"), "name a 0600 file with its PIN");
    String label = needed(section, "label", section.text("label"), "write the AES key's label");
    return library == null || token == null || pin == null || label == null
        ? null
        : new KekConfig.Pkcs11(library, token, pin, label);
  }

  private static @Nullable KekConfig vault(@Nullable Section section) {
    if (section == null) {
      return null;
    }
    URI url =
        needed(
            section, "url", section.url("url", "private keys"), "write https://vault.example:8200");
    String key = needed(section, "key", name(section, "key"), "write the transit key's name");
    Path token =
        needed(
            section,
            "token-file",
            section.path("token-file"),
            "name a 0600 file with a token of Vault");
    String mount = section.has("mount") ? name(section, "mount") : "transit";
    String namespace = section.has("namespace") ? name(section, "namespace") : "";
    Path authorities = section.path("ca-file");
    return url == null || key == null || token == null || mount == null || namespace == null
        ? null
        : new KekConfig.Vault(url, key, token, mount, namespace, authorities);
  }

  /** It becomes a part of a URL. */
  private static @Nullable String name(Section section, String key) {
    String text = section.text(key);
    if (text == null || NAME.matcher(text).matches()) {
      return text;
    }
    section.refuse(
        key, "\"" + text + "\" is no name of Vault", "write letters, digits, -, _, . and /");
    return null;
  }

  private static <T> @Nullable T needed(
      Section section, String key, @Nullable T value, String remedy) {
    if (!section.has(key)) {
      section.missing(key, remedy);
    }
    return value;
  }
}
