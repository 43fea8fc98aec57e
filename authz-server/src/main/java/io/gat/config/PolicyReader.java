package io.gat.config;

import io.gat.bundle.Bundle;
import io.gat.policy.parse.YamlNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code authz.policy} and {@code authz.candidate}: a path, or {@code {bundle: {url, name,
 * key, every, cache}}}.
 *
 * <p>Where both are bundles, what is published as the one is never taken as the other: neither by
 * its name nor by way of a file that both are kept in.
 */
final class PolicyReader {
  /** What a candidate's set is called where the configuration does not say. */
  private static final String CANDIDATE_NAME = "candidate";

  private PolicyReader() {}

  /** Null where there is a problem. */
  static @Nullable PolicyConfig read(Section authz) {
    if (!authz.has("policy")) {
      authz.missing("policy", "give the policy file, or the folder with the policy files");
      return null;
    }
    PolicyConfig policy = read(authz, "policy", Bundle.DEFAULT_NAME);
    if (policy instanceof PolicyConfig.Files files && !Files.exists(files.path())) {
      authz.refuse(
          "policy",
          "there is no file or folder " + files.path(),
          "create it or correct the path; a relative one starts at this file's folder");
      return null;
    }
    return policy;
  }

  /**
   * Empty where there is none, or a problem. Its files may be missing: nothing depends on them.
   *
   * @param policy null where there is a problem with it
   */
  static Optional<PolicyConfig> candidate(Section authz, @Nullable PolicyConfig policy) {
    if (!authz.has("candidate")) {
      return Optional.empty();
    }
    PolicyConfig candidate = read(authz, "candidate", CANDIDATE_NAME);
    if (candidate instanceof PolicyConfig.Bundle tried
        && policy instanceof PolicyConfig.Bundle enforced
        && authz.node("candidate") instanceof YamlNode.Mapping written
        && written.get("bundle").orElse(null) instanceof YamlNode.Mapping bundle) {
      keepApart(authz, bundle, tried, enforced);
    }
    return Optional.ofNullable(candidate);
  }

  private static void keepApart(
      Section authz,
      YamlNode.Mapping bundle,
      PolicyConfig.Bundle tried,
      PolicyConfig.Bundle enforced) {
    if (tried.set().equals(enforced.set())) {
      authz.refuse(
          bundle.get("name").orElse(bundle),
          "the policy's bundle is named `"
              + tried.set()
              + "`, too: whoever publishes them could have the candidate enforced",
          "give them two names, and build each with its own --name");
    }
    if (tried.cache().isPresent()
        && enforced.cache().isPresent()
        && overwrites(tried.cache().get(), enforced.cache().get())) {
      authz.refuse(
          bundle.get("cache").orElseThrow(),
          "the policy's bundle is kept in this file, too: a start would enforce the candidate",
          "name another file");
    }
  }

  /** Each is written as a draft beside it first. */
  private static boolean overwrites(Path one, Path other) {
    return isSame(one, other)
        || isSame(one, PolicyConfig.Bundle.draft(other))
        || isSame(PolicyConfig.Bundle.draft(one), other);
  }

  private static boolean isSame(Path one, Path other) {
    if (one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize())) {
      return true;
    }
    try {
      return Files.isSameFile(one, other);
    } catch (IOException e) {
      return false; // one of them is not there yet
    }
  }

  private static @Nullable PolicyConfig read(Section authz, String key, String name) {
    if (authz.node(key) instanceof YamlNode.Mapping) {
      Section policy = authz.section(key, List.of("bundle"));
      return policy == null ? null : bundle(policy, name);
    }
    Path path = authz.path(key);
    return path == null ? null : new PolicyConfig.Files(path);
  }

  private static @Nullable PolicyConfig bundle(Section policy, String absentName) {
    if (!policy.has("bundle")) {
      policy.missing("bundle", "write bundle: {url: …, key: …}, or the path of a policy folder");
      return null;
    }
    Section bundle = policy.section("bundle", List.of("url", "name", "key", "every", "cache"));
    if (bundle == null) {
      return null;
    }
    if (!bundle.has("url")) {
      bundle.missing("url", "say where the bundle is published");
    }
    if (!bundle.has("key")) {
      bundle.missing("key", "name the JWKS file with the public keys of those who may sign");
    }
    URI url = bundle.url("url", "a policy");
    String name = bundle.has("name") ? bundle.text("name") : absentName;
    if (name != null && !Bundle.isName(name)) {
      bundle.refuse("name", "\"" + name + "\" is no name of a set", "write " + Bundle.NAMING);
      name = null;
    }
    Path key = bundle.path("key");
    Path cache = bundle.path("cache");
    Duration every = bundle.duration("every", Duration.ofSeconds(30));
    if (every.compareTo(PolicyConfig.Bundle.SHORTEST) < 0
        || every.compareTo(PolicyConfig.Bundle.LONGEST) > 0) {
      bundle.refuse("every", "out of range", "write 1s to 1h");
      return null;
    }
    return url == null || key == null || name == null
        ? null
        : new PolicyConfig.Bundle(url, name, key, every, Optional.ofNullable(cache));
  }
}
