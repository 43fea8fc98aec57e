package io.gat.bundle;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is signed of a bundle.
 *
 * @param hashes SHA-256 of each file's bytes by its name, in hex
 */
record Manifest(
    String name, long version, Instant created, Instant expires, SortedMap<String, String> hashes) {
  private static final Set<String> MEMBERS =
      Set.of("name", "version", "created", "expires", "files");

  /** The last second that is written with four digits of year. */
  private static final long MAX_SECOND = 253_402_300_799L;

  Manifest {
    hashes = Collections.unmodifiableSortedMap(new TreeMap<>(hashes));
  }

  static Manifest of(Bundle bundle) {
    SortedMap<String, String> hashes = new TreeMap<>();
    bundle
        .files()
        .forEach((name, text) -> hashes.put(name, hash(text.getBytes(StandardCharsets.UTF_8))));
    return new Manifest(
        bundle.name(), bundle.version(), bundle.created(), bundle.expires(), hashes);
  }

  static String hash(byte[] file) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  String json() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("name", name);
      json.writeNumberField("version", version);
      json.writeNumberField("created", created.getEpochSecond());
      json.writeNumberField("expires", expires.getEpochSecond());
      json.writeObjectFieldStart("files");
      for (Map.Entry<String, String> file : hashes.entrySet()) {
        json.writeStringField(file.getKey(), file.getValue());
      }
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /**
   * Reads a manifest whose signature holds.
   *
   * @throws BundleException where it is none
   */
  static Manifest parse(String json) throws BundleException {
    Map<String, Object> members;
    try {
      members = StrictJson.object(json);
    } catch (MalformedJsonException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
    if (!members.keySet().equals(MEMBERS)) {
      throw wrong("it must have name, version, created, expires and files, and nothing else");
    }
    if (!(members.get("name") instanceof String set && Bundle.isName(set))) {
      throw wrong("name must be " + Bundle.NAMING);
    }
    if (!(members.get("files") instanceof Map<?, ?> files) || files.isEmpty()) {
      throw wrong("files must name at least one file");
    }
    SortedMap<String, String> hashes = new TreeMap<>();
    for (Map.Entry<?, ?> file : files.entrySet()) {
      if (!(file.getKey() instanceof String name && Bundle.isFileName(name))
          || !(file.getValue() instanceof String hash && hash.matches("[0-9a-f]{64}"))) {
        throw wrong("files must be names of *.yaml files, each with a SHA-256 in hex");
      }
      hashes.put(name, hash);
    }
    long version = number(members, "version");
    if (version < 1) {
      throw wrong("version must be 1 or greater");
    }
    return new Manifest(
        set, version, second(members, "created"), second(members, "expires"), hashes);
  }

  private static Instant second(Map<String, Object> members, String name) throws BundleException {
    long second = number(members, name);
    if (second < 0 || second > MAX_SECOND) {
      throw wrong(name + " must be seconds since 1970");
    }
    return Instant.ofEpochSecond(second);
  }

  private static long number(Map<String, Object> members, String name) throws BundleException {
    return switch (members.get(name)) {
      case Long whole -> whole;
      case Integer whole -> whole;
      case null, default -> throw wrong(name + " must be a whole number");
    };
  }

  private static BundleException wrong(String what) {
    return new BundleException("the manifest is signed, but " + what + "; build the bundle anew");
  }
}
