package io.gat.policy.migrate;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes a block of IPv4 addresses as a condition; CEL knows texts only. */
final class SourceAddress {
  private static final Pattern BLOCK =
      Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})(?:/(\\d{1,2}))?");
  private static final String ADDRESS = "request.source_address";

  private SourceAddress() {}

  /** The condition; empty for what is no IPv4 address or block. */
  static Optional<Formula> in(String block) {
    Matcher matcher = BLOCK.matcher(block);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int[] octets =
        IntStream.rangeClosed(1, 4).map(i -> Integer.parseInt(matcher.group(i))).toArray();
    int bits = matcher.group(5) == null ? 32 : Integer.parseInt(matcher.group(5));
    if (bits > 32 || IntStream.of(octets).anyMatch(octet -> octet > 255)) {
      return Optional.empty();
    }
    if (bits == 32) {
      return Optional.of(Formula.cel(ADDRESS + " == " + Cel.text(joined(octets, 4))));
    }
    int whole = bits / 8;
    int free = 8 - bits % 8;
    String start = joined(octets, whole) + (whole == 0 ? "" : ".");
    if (free == 8) {
      return Optional.of(
          Formula.cel(
              whole == 0
                  ? ADDRESS + ".matches('^[0-9.]+$')"
                  : ADDRESS + ".startsWith(" + Cel.text(start) + ")"));
    }
    int first = octets[whole] >> free << free;
    String numbers =
        IntStream.range(first, first + (1 << free))
            .mapToObj(String::valueOf)
            .collect(Collectors.joining("|"));
    String regex =
        "^" + start.replace(".", "\\.") + "(?:" + numbers + ")" + (whole == 3 ? "$" : "\\.");
    return Optional.of(Formula.cel(ADDRESS + ".matches(" + Cel.text(regex) + ")"));
  }

  private static String joined(int[] octets, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> String.valueOf(octets[i]))
        .collect(Collectors.joining("."));
  }
}
