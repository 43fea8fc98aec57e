package io.gat.policy;

import java.util.Objects;

/**
 * A block of IP addresses: {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or one address alone.
 *
 * <p>An IPv4 address that a dual-stack socket reports as {@code ::ffff:a.b.c.d} is an IPv4 address
 * here, and in no IPv6 block.
 */
public final class IpNetwork {
  private final String text;
  private final IpAddress first;
  private final long highMask;
  private final long lowMask;

  private IpNetwork(String text, IpAddress first, int bits) {
    this.text = text;
    this.first = first;
    this.highMask = mask(Math.min(bits, 64));
    this.lowMask = mask(Math.max(bits - 64, 0));
  }

  private static long mask(int bits) {
    return bits == 0 ? 0 : -1L << (64 - bits);
  }

  /** What became of a text. */
  public sealed interface Reading {
    record Block(IpNetwork network) implements Reading {}

    /** Not an address with an optional prefix length. */
    record Unreadable() implements Reading {}

    /** Its address has bits beyond its prefix; {@code meant} has none. */
    record Overlong(String meant) implements Reading {}
  }

  /** Reads a block. */
  public static Reading parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    IpAddress first = IpAddress.parse(address).orElse(null);
    if (first == null || address.indexOf('%') >= 0) {
      return new Reading.Unreadable();
    }
    int width = address.indexOf(':') < 0 ? 32 : 128;
    int bits = slash < 0 ? width : prefix(text.substring(slash + 1), width);
    if (bits < 0) {
      return new Reading.Unreadable();
    }
    int all = bits + 128 - width;
    IpNetwork network = new IpNetwork(text, first, all);
    IpAddress cut = new IpAddress(first.high() & network.highMask, first.low() & network.lowMask);
    if (!cut.equals(first)) {
      return new Reading.Overlong(print(cut, width) + "/" + bits);
    }
    return new Reading.Block(network);
  }

  private static int prefix(String digits, int width) {
    if (!digits.matches("0|[1-9][0-9]{0,2}")) {
      return -1;
    }
    int bits = Integer.parseInt(digits);
    return bits <= width ? bits : -1;
  }

  private static String print(IpAddress address, int width) {
    StringBuilder out = new StringBuilder();
    if (width == 32) {
      for (int shift = 24; shift >= 0; shift -= 8) {
        out.append(address.low() >>> shift & 0xff).append(shift > 0 ? "." : "");
      }
      return out.toString();
    }
    for (int i = 0; i < 8; i++) {
      long half = i < 4 ? address.high() : address.low();
      out.append(Long.toHexString(half >>> (48 - 16 * (i % 4)) & 0xffff)).append(i < 7 ? ":" : "");
    }
    // The zeros at the end are the ones that the prefix leaves open.
    return out.toString().replaceFirst("(:0)+$", "::");
  }

  boolean contains(IpAddress address) {
    return (address.high() & highMask) == first.high()
        && (address.low() & lowMask) == first.low()
        && address.isIpv4() == first.isIpv4();
  }

  /** True where an address, as Envoy writes it, is in the block; false for what is none. */
  public boolean contains(String address) {
    return IpAddress.parse(address).filter(this::contains).isPresent();
  }

  /** True where every address of another block is in this one. */
  public boolean covers(IpNetwork other) {
    return (highMask & other.highMask) == highMask
        && (lowMask & other.lowMask) == lowMask
        && contains(other.first);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IpNetwork o && text.equals(o.text);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(text);
  }

  /** As written. */
  @Override
  public String toString() {
    return text;
  }
}
