package io.gat.policy;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An IP address as a number of 128 bits. IPv4 is written as IPv6 writes it, {@code ::ffff:a.b.c.d},
 * so that an address is the same however a dual-stack socket reports it.
 *
 * @param high its first 64 bits
 * @param low its last 64 bits
 */
record IpAddress(long high, long low) {
  private static final int GROUPS = 8;

  /** True for an IPv4 address, also one that came in IPv6's clothes. */
  boolean isIpv4() {
    return high == 0 && low >>> 32 == 0xffff;
  }

  /**
   * Reads an address: four decimal numbers, or IPv6 as RFC 4291, section 2.2, writes it; a zone
   * ({@code %eth0}) is left out. Empty for anything else.
   */
  static Optional<IpAddress> parse(String text) {
    int zone = text.indexOf('%');
    if (text.indexOf(':') < 0) {
      long v4 = ipv4(text);
      return v4 < 0 ? Optional.empty() : Optional.of(new IpAddress(0, 0xffff_0000_0000L | v4));
    }
    return ipv6(zone < 0 ? text : text.substring(0, zone));
  }

  private static Optional<IpAddress> ipv6(String text) {
    int gap = text.indexOf("::");
    if (gap < 0) {
      int[] all = groups(text);
      return all != null && all.length == GROUPS ? Optional.of(of(all)) : Optional.empty();
    }
    int[] before = groups(text.substring(0, gap));
    int[] after = groups(text.substring(gap + 2));
    if (before == null || after == null || before.length + after.length >= GROUPS) {
      return Optional.empty();
    }
    if (text.substring(0, gap).indexOf('.') >= 0) {
      return Optional.empty();
    }
    int[] all = new int[GROUPS];
    System.arraycopy(before, 0, all, 0, before.length);
    System.arraycopy(after, 0, all, GROUPS - after.length, after.length);
    return Optional.of(of(all));
  }

  private static IpAddress of(int[] groups) {
    long high = 0;
    long low = 0;
    for (int i = 0; i < GROUPS / 2; i++) {
      high = high << 16 | groups[i];
      low = low << 16 | groups[i + GROUPS / 2];
    }
    return new IpAddress(high, low);
  }

  /** The groups between colons; the last may be an IPv4 address, which is two. */
  private static int @Nullable [] groups(String text) {
    if (text.isEmpty()) {
      return new int[0];
    }
    String[] parts = text.split(":", -1);
    if (parts.length > GROUPS) {
      return null;
    }
    String last = parts[parts.length - 1];
    boolean dotted = last.indexOf('.') >= 0;
    int[] groups = new int[parts.length + (dotted ? 1 : 0)];
    for (int i = 0; i < parts.length; i++) {
      if (dotted && i == parts.length - 1) {
        long v4 = ipv4(last);
        if (v4 < 0) {
          return null;
        }
        groups[i] = (int) (v4 >>> 16);
        groups[i + 1] = (int) (v4 & 0xffff);
      } else {
        groups[i] = number(parts[i], 16, 4);
        if (groups[i] < 0) {
          return null;
        }
      }
    }
    return groups;
  }

  private static long ipv4(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return -1;
    }
    long address = 0;
    for (String part : parts) {
      int octet = number(part, 10, 3);
      // A leading zero is octal to some.
      if (octet < 0 || octet > 255 || (part.length() > 1 && part.charAt(0) == '0')) {
        return -1;
      }
      address = address << 8 | octet;
    }
    return address;
  }

  private static int number(String digits, int radix, int longest) {
    if (digits.isEmpty() || digits.length() > longest) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      int digit = c > 0x7f ? -1 : Character.digit(c, radix);
      if (digit < 0) {
        return -1;
      }
      value = value * radix + digit;
    }
    return value;
  }
}
