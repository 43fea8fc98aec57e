package io.gat.fetch;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * Which addresses are on the public Internet: all but the special-purpose ones of IANA's registries
 * (RFC 6890), so that a URL of a stranger's leads neither into the own network nor to a cloud's
 * metadata service.
 */
final class AddressRanges {
  private static final List<Range> SPECIAL_V4 =
      List.of(
          v4(8, 0), // this network
          v4(8, 10), // private, RFC 1918
          v4(10, 100, 64), // carrier-grade NAT, RFC 6598; Alibaba's metadata service, too
          v4(8, 127), // loopback
          v4(16, 169, 254), // link-local; the clouds' metadata service at 169.254.169.254
          v4(12, 172, 16), // private
          v4(24, 192, 0, 0), // protocol assignments; Oracle's metadata service
          v4(24, 192, 0, 2), // documentation
          v4(24, 192, 88, 99), // 6to4 relays
          v4(16, 192, 168), // private
          v4(15, 198, 18), // benchmarks
          v4(24, 198, 51, 100), // documentation
          v4(24, 203, 0, 113), // documentation
          v4(4, 224), // multicast
          v4(4, 240)); // reserved, and broadcast

  /** Global unicast; everything else, such as ULA, link-local and multicast, is special. */
  private static final Range GLOBAL_V6 = v6(3, 0x20);

  private static final List<Range> SPECIAL_V6 =
      List.of(
          v6(23, 0x20, 0x01, 0x00), // protocol assignments, Teredo and ORCHID among them
          v6(32, 0x20, 0x01, 0x0d, 0xb8), // documentation
          v6(16, 0x20, 0x02), // 6to4: carries any IPv4 address
          v6(20, 0x3f, 0xff)); // documentation

  /** NAT64 (RFC 6052): carries an IPv4 address in its last four bytes. */
  private static final Range NAT64 = v6(96, 0x00, 0x64, 0xff, 0x9b);

  @SuppressWarnings("ArrayRecordComponent") // made here, compared never
  private record Range(int bits, byte[] start) {
    boolean holds(byte[] address) {
      int whole = bits / 8;
      if (!Arrays.equals(address, 0, whole, start, 0, whole)) {
        return false;
      }
      int rest = bits % 8;
      int mask = 0xff << (8 - rest) & 0xff;
      return rest == 0 || (address[whole] & mask) == (start[whole] & mask);
    }
  }

  private AddressRanges() {}

  /** True where it is an address that anybody on the Internet may have. */
  static boolean isPublic(InetAddress address) {
    byte[] bytes = address.getAddress();
    return switch (address) {
      case Inet4Address four -> isPublicV4(bytes);
      // Java has made mapped addresses (::ffff:a.b.c.d) IPv4 before; compatible ones are not global
      case Inet6Address six ->
          NAT64.holds(bytes)
              ? isPublicV4(Arrays.copyOfRange(bytes, 12, 16))
              : GLOBAL_V6.holds(bytes) && SPECIAL_V6.stream().noneMatch(r -> r.holds(bytes));
      default -> false;
    };
  }

  private static boolean isPublicV4(byte[] bytes) {
    return SPECIAL_V4.stream().noneMatch(range -> range.holds(bytes));
  }

  private static Range v4(int bits, int... start) {
    return range(bits, 4, start);
  }

  private static Range v6(int bits, int... start) {
    return range(bits, 16, start);
  }

  private static Range range(int bits, int length, int... start) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < start.length; i++) {
      bytes[i] = (byte) start[i];
    }
    return new Range(bits, bytes);
  }
}
