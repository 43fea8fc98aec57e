package io.gat.config;

import io.gat.config.IssuanceConfig.Limits;
import io.gat.config.IssuanceConfig.Rate;
import io.gat.config.IssuanceConfig.Verifier;
import io.gat.keys.Algorithm;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.YamlNode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code issuer.issuance}, {@code attestation} and {@code limits}. */
final class IssuanceReader {
  private static final List<String> VERIFIER =
      List.of("name", "issuer", "audience", "algorithms", "keys");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}");
  private static final Pattern RATE = Pattern.compile("([1-9][0-9]{0,6})/([smh])");
  private static final int MAX_BURST = 10_000_000;

  private IssuanceReader() {}

  /**
   * Reads them.
   *
   * @param url the issuer's own, which results are for unless something else is written
   */
  static IssuanceConfig read(Section issuer, @Nullable String url) {
    Path policy = issuer.path("issuance");
    String environment = issuer.text("environment");
    return new IssuanceConfig(
        Optional.ofNullable(policy),
        environment == null ? PolicyCompiler.DEFAULT_ENVIRONMENT : environment,
        verifiers(issuer, url == null ? "" : url),
        limits(issuer));
  }

  private static List<Verifier> verifiers(Section issuer, String url) {
    List<Verifier> all = new ArrayList<>();
    List<YamlNode> items = issuer.items("attestation");
    Set<String> names = new HashSet<>();
    Set<String> issuers = new HashSet<>();
    for (YamlNode item : items == null ? List.<YamlNode>of() : items) {
      Section section = issuer.section(item, VERIFIER);
      if (section != null) {
        verifier(section, url, names, issuers).ifPresent(all::add);
      }
    }
    return all;
  }

  private static Optional<Verifier> verifier(
      Section section, String url, Set<String> names, Set<String> issuers) {
    String name = unique(section, "name", "write the name that issuance rules use", names);
    if (name != null && !NAME.matcher(name).matches()) {
      section.refuse("name", "\"" + name + "\" is no name", "use letters, digits and . _ : / -");
      name = null;
    }
    String from = unique(section, "issuer", "write the exact `iss` of its results", issuers);
    if (from != null && from.equals(url)) {
      section.refuse(
          "issuer",
          "this is gat's own issuer, and a gat is no verifier's result",
          "write the exact `iss` of the verifier's results");
      from = null;
    }
    String audience = section.text("audience");
    Set<Algorithm> algorithms = TrustReader.algorithms(section);
    if (algorithms.contains(Algorithm.HS256)) {
      section.refuse(
          "algorithms", "HS256 proves nothing here: gat could have signed it", "list ES256, say");
      algorithms = Set.of();
    }
    Optional<KeysConfig> keys = keys(section);
    if (name == null || from == null || algorithms.isEmpty() || keys.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Verifier(name, from, audience == null ? url : audience, algorithms, keys.get()));
  }

  private static @Nullable String unique(
      Section section, String key, String remedy, Set<String> known) {
    String text = section.text(key);
    if (!section.has(key)) {
      section.missing(key, remedy);
    } else if (text != null && !known.add(text)) {
      section.refuse(key, "two verifiers have this " + key, "give each its own");
      return null;
    }
    return text;
  }

  private static Optional<KeysConfig> keys(Section section) {
    if (!section.has("keys")) {
      section.missing("keys", "write {file: FILE} or {url: URL}");
      return Optional.empty();
    }
    Section keys = section.section("keys", List.of("file", "url"));
    if (keys == null) {
      return Optional.empty();
    }
    if (keys.has("file") == keys.has("url")) {
      section.refuse("keys", "one origin is needed", "write {file: FILE} or {url: URL}");
      return Optional.empty();
    }
    if (keys.has("file")) {
      return Optional.ofNullable(TrustReader.existing(keys, "file")).map(KeysConfig.File::new);
    }
    URI url = keys.url("url", "keys");
    return Optional.ofNullable(url).map(KeysConfig.Url::new);
  }

  private static Limits limits(Section issuer) {
    Section section = issuer.section("limits", List.of("per-principal", "total"));
    if (section == null) {
      return new Limits(Limits.EACH, Limits.ALL);
    }
    Rate each = rate(section, "per-principal", Limits.EACH);
    Rate all = rate(section, "total", Limits.ALL);
    if (!Limits.isFair(each, all)) {
      section.refuse(
          section.has("per-principal") ? "per-principal" : "total",
          "one principal could take more than half of what all have",
          "let rate and burst of `total` be at least twice those of `per-principal`");
      return new Limits(Limits.EACH, Limits.ALL);
    }
    return new Limits(each, all);
  }

  private static Rate rate(Section limits, String key, Rate absent) {
    Section section = limits.section(key, List.of("rate", "burst"));
    if (section == null) {
      return absent;
    }
    long permits = absent.permits();
    Duration period = absent.period();
    String text = section.text("rate");
    if (text != null) {
      Matcher rate = RATE.matcher(text);
      if (rate.matches()) {
        permits = Long.parseLong(rate.group(1));
        period =
            switch (rate.group(2)) {
              case "s" -> Duration.ofSeconds(1);
              case "m" -> Duration.ofMinutes(1);
              default -> Duration.ofHours(1);
            };
      } else {
        section.refuse("rate", "\"" + text + "\" is no rate", "write 50/s, 300/m or 1000/h");
      }
    }
    int burst = section.count("burst", (int) absent.burst(), 1, MAX_BURST);
    return new Rate(permits, period, burst);
  }
}
