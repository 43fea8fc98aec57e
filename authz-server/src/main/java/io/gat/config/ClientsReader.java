package io.gat.config;

import io.gat.keys.Algorithm;
import io.gat.policy.parse.Position;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.YamlNode;
import io.gat.policy.parse.YamlReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a clients' file as a whole and reports all problems at once. */
public final class ClientsReader {
  /** How many secrets a client may have at one time. */
  public static final int MAX_SECRETS = 4;

  /** The biggest file that is looked at, in bytes. */
  public static final int MAX_BYTES = 4 << 20;

  private static final List<String> ROOT = List.of("version", "clients", "api-keys");
  private static final List<String> CLIENT = List.of("id", "secrets", "keys", "algorithms");
  private static final List<String> HASH = List.of("sha256", "not-after");
  private static final List<String> API_KEY = List.of("id", "sha256", "not-after");
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final String NEW = "run `gat client new --id NAME`, which prints the entry";

  private final Path file;
  private final Path folder;
  private final List<Problem> problems = new ArrayList<>();
  private final Set<String> clientIds = new HashSet<>();
  private final Set<String> keyIds = new HashSet<>();
  private final Set<String> hashes = new HashSet<>();

  private ClientsReader(Path file) {
    this.file = file;
    Path parent = file.toAbsolutePath().normalize().getParent();
    this.folder = parent == null ? file.toAbsolutePath() : parent;
  }

  /** The clients, or what is wrong with the file; never both. */
  public sealed interface Result {
    /** The file is in order. */
    record Read(ClientsFile clients) implements Result {}

    /** At least one problem, in the order of the text. */
    record Refused(List<Problem> problems) implements Result {
      public Refused {
        problems = List.copyOf(problems);
      }
    }
  }

  /**
   * Reads a file's content.
   *
   * @param file what to call it, and where relative paths start from
   */
  public static Result read(Path file, byte[] content) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      return refused(file, ProblemId.NOT_UTF8, "the file is not UTF-8 text", "save it as UTF-8");
    }
    return switch (YamlReader.read(file.toString(), text)) {
      case YamlReader.Result.Unreadable unreadable -> new Result.Refused(unreadable.problems());
      case YamlReader.Result.Documents documents ->
          documents.documents().size() == 1
              ? new ClientsReader(file).root(documents.documents().getFirst())
              : refused(
                  file,
                  ProblemId.NO_DOCUMENT,
                  "the file has not exactly one document",
                  "begin it with `version: gat/v1`");
    };
  }

  private static Result refused(Path file, ProblemId id, String message, String remedy) {
    return new Result.Refused(
        List.of(new Problem(id, new Position(file.toString(), 1, 1), "", message, remedy)));
  }

  private Result root(YamlNode document) {
    if (!(document instanceof YamlNode.Mapping mapping)) {
      return refused(
          file,
          ProblemId.WRONG_TYPE,
          "a mapping is expected, not " + document.described(),
          "begin it with `version: gat/v1`");
    }
    Section root = new Section(mapping, folder, problems, ROOT);
    if (!root.has("version")) {
      root.missing("version", "write version: gat/v1");
    } else if (!"gat/v1".equals(root.text("version"))) {
      root.refuse("version", "this version is not known", "write gat/v1");
    }
    List<ClientsFile.Client> clients = new ArrayList<>();
    for (YamlNode item : listed(root, "clients")) {
      Section one = root.section(item, CLIENT);
      ClientsFile.Client client = one == null ? null : client(one);
      if (client != null) {
        clients.add(client);
      }
    }
    List<ClientsFile.ApiKey> keys = new ArrayList<>();
    for (YamlNode item : listed(root, "api-keys")) {
      Section one = root.section(item, API_KEY);
      ClientsFile.ApiKey key = one == null ? null : apiKey(one);
      if (key != null) {
        keys.add(key);
      }
    }
    if (problems.isEmpty()) {
      return new Result.Read(new ClientsFile(clients, keys));
    }
    problems.sort(
        Comparator.<Problem>comparingInt(p -> p.position().line())
            .thenComparingInt(p -> p.position().column()));
    return new Result.Refused(problems);
  }

  private static List<YamlNode> listed(Section root, String key) {
    List<YamlNode> items = root.items(key);
    return items == null ? List.of() : items;
  }

  private ClientsFile.@Nullable Client client(Section section) {
    String id = id(section, clientIds);
    List<ClientsFile.Hash> secrets = new ArrayList<>();
    for (YamlNode item : listed(section, "secrets")) {
      Section one = section.section(item, HASH);
      ClientsFile.Hash hash = one == null ? null : hash(one, false);
      if (hash != null) {
        secrets.add(hash);
      }
    }
    if (secrets.size() > MAX_SECRETS) {
      section.refuse(
          "secrets", "more than " + MAX_SECRETS + " secrets", "remove those that nobody uses");
    }
    Optional<CallerConfig.KeyOrigin> keys = Optional.empty();
    Set<Algorithm> algorithms = Set.of();
    if (section.has("keys")) {
      keys = Optional.ofNullable(CallersReader.keys(section));
      algorithms = CallersReader.algorithms(section, List.of("ES256", "EdDSA", "RS256"));
    } else if (section.has("algorithms")) {
      section.refuse("algorithms", "without `keys` nothing is signed", "remove it");
    }
    if (!section.has("secrets") && !section.has("keys")) {
      section.refuseWhole("a client without secrets and keys gets in nowhere", NEW);
    }
    return id == null ? null : new ClientsFile.Client(id, secrets, keys, algorithms);
  }

  private ClientsFile.@Nullable ApiKey apiKey(Section section) {
    String id = id(section, keyIds);
    ClientsFile.Hash hash = hash(section, true);
    return id == null || hash == null ? null : new ClientsFile.ApiKey(id, hash);
  }

  private static @Nullable String id(Section section, Set<String> taken) {
    String id = section.text("id");
    if (!section.has("id")) {
      section.missing("id", NEW);
    } else if (id != null && !ID.matcher(id).matches()) {
      section.refuse(
          "id", "\"" + id + "\" is no id", "write at most 64 letters, digits, '.', '_' and '-'");
      return null;
    } else if (id != null && !taken.add(id)) {
      section.refuse("id", "the id \"" + id + "\" stands twice", "put both into one entry");
      return null;
    }
    return id;
  }

  private ClientsFile.@Nullable Hash hash(Section section, boolean mustEnd) {
    String text = section.text("sha256");
    if (!section.has("sha256")) {
      section.missing("sha256", NEW);
      return null;
    }
    if (text == null || !SHA256.matcher(text).matches()) {
      // What stands there may be the secret itself: it is not repeated.
      section.refuse(
          "sha256",
          "it is no SHA-256",
          "a secret itself never stands here; " + NEW + " with 64 hexadecimal digits");
      return null;
    }
    if (!hashes.add(text)) {
      section.refuse("sha256", "this secret stands twice", "give everybody a secret of their own");
    }
    if (mustEnd && !section.has("not-after")) {
      section.missing("not-after", "an API key has to end; write a date, such as 2027-01-31");
      return null;
    }
    Instant end = section.has("not-after") ? time(section, "not-after") : Instant.MAX;
    return end == null ? null : new ClientsFile.Hash(text, end);
  }

  /** A day (until its begin in UTC) or a time with its offset. */
  private static @Nullable Instant time(Section section, String key) {
    String text = section.text(key);
    if (text == null) {
      return null;
    }
    try {
      return text.length() == 10
          ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
          : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      section.refuse(
          key, "\"" + text + "\" is no time", "write 2027-01-31 or 2027-01-31T12:00:00Z");
      return null;
    }
  }
}
