package io.gat.policy.verify;

import io.gat.policy.parse.Problem;
import io.gat.policy.parse.YamlNode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the readers of test documents know, for tests of other packages. */
public final class TestReaders {
  private TestReaders() {}

  /** What is wrong with one document. */
  public static List<Problem> problems(String file, YamlNode document, Collection<String> reasons) {
    return switch (new TestFileReader(reasons).read(file, List.of(document))) {
      case TestFileReader.Result.Suites good -> List.of();
      case TestFileReader.Result.Unreadable bad -> bad.problems();
    };
  }

  /** The keys of each mapping of a test document, by its place. */
  public static Map<String, List<String>> keys() {
    Map<String, List<String>> keys = new TreeMap<>();
    keys.put("", DocumentReader.KEYS);
    keys.put("tokens.*", TokenReader.KEYS);
    keys.put("callers.*", CallerReader.KEYS);
    keys.put("requests.*", RequestReader.KEYS);
    keys.put("cases[]", DocumentReader.CASE_KEYS);
    keys.put("cases[].token", TokenReader.KEYS);
    keys.put("cases[].caller", CallerReader.KEYS);
    keys.put("cases[].request", RequestReader.KEYS);
    keys.put("cases[].expect", ExpectReader.KEYS);
    keys.put("table.*.*", ExpectReader.KEYS);
    keys.put("tables[]", DocumentReader.TABLE_KEYS);
    keys.put("tables[].caller", CallerReader.KEYS);
    keys.put("tables[].rows.*.*", ExpectReader.KEYS);
    keys.put("issuance[]", IssuanceCaseReader.KEYS);
    keys.put("issuance[].on-behalf-of", EvidenceReader.SUBJECT_KEYS);
    keys.put("issuance[].attested", EvidenceReader.ATTESTED_KEYS);
    keys.put("issuance[].expect", IssuanceCaseReader.EXPECT_KEYS);
    return keys;
  }
}
