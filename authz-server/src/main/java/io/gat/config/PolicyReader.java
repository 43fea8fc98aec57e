package io.gat.config;

import io.gat.policy.parse.YamlNode;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code authz.policy} and {@code authz.candidate}: a path, or {@code {bundle: {url, key,
 * every, cache}}}.
 */
final class PolicyReader {
  private PolicyReader() {}

  /** Null where there is a problem. */
  static @Nullable PolicyConfig read(Section authz) {
    if (!authz.has("policy")) {
      authz.missing("policy", "give the policy file, or the folder with the policy files");
      return null;
    }
    PolicyConfig policy = read(authz, "policy");
    if (policy instanceof PolicyConfig.Files files && !Files.exists(files.path())) {
      authz.refuse(
          "policy",
          "there is no file or folder " + files.path(),
          "create it or correct the path; a relative one starts at this file's folder");
      return null;
    }
    return policy;
  }

  /** Empty where there is none, or a problem. Its files may be missing: nothing depends on them. */
  static Optional<PolicyConfig> candidate(Section authz) {
    return authz.has("candidate")
        ? Optional.ofNullable(read(authz, "candidate"))
        : Optional.empty();
  }

  private static @Nullable PolicyConfig read(Section authz, String key) {
    if (authz.node(key) instanceof YamlNode.Mapping) {
      Section policy = authz.section(key, List.of("bundle"));
      return policy == null ? null : bundle(policy);
    }
    Path path = authz.path(key);
    return path == null ? null : new PolicyConfig.Files(path);
  }

  private static @Nullable PolicyConfig bundle(Section policy) {
    if (!policy.has("bundle")) {
      policy.missing("bundle", "write bundle: {url: …, key: …}, or the path of a policy folder");
      return null;
    }
    Section bundle = policy.section("bundle", List.of("url", "key", "every", "cache"));
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
    Path key = bundle.path("key");
    Path cache = bundle.path("cache");
    Duration every = bundle.duration("every", Duration.ofSeconds(30));
    if (every.compareTo(PolicyConfig.Bundle.SHORTEST) < 0
        || every.compareTo(PolicyConfig.Bundle.LONGEST) > 0) {
      bundle.refuse("every", "out of range", "write 1s to 1h");
      return null;
    }
    return url == null || key == null
        ? null
        : new PolicyConfig.Bundle(url, key, every, Optional.ofNullable(cache));
  }
}
