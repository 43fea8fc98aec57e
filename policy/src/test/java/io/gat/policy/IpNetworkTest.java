package io.gat.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IpNetworkTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/8",
        "10",
        "10.0.0.0/",
        "10.0.0.0/08",
        "10.0.0.0/-1",
        "10.0.0.0/33",
        "1.2.3.4.5",
        "256.0.0.0",
        "1.2.3.+4",
        "01.2.3.4",
        "::/129",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7::8",
        "1::2::3",
        ":::",
        ":",
        "1:",
        ":1",
        "12345::",
        "::1.2.3",
        "1.2.3.4::",
        "::1.2.3.4:5",
        "g::",
        "١.٢.٣.٤",
        "::%eth0",
        "fe80::1%eth0/64",
      })
  void refusesWhatIsNoNetwork(String text) {
    assertInstanceOf(IpNetwork.Reading.Unreadable.class, IpNetwork.parse(text));
  }

  @Test
  void agreesWithTheJdkOnRandomAddresses() throws Exception {
    Random random = new Random(5);
    int inside = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] address = bytes(random, random.nextBoolean() ? 4 : 16);
      int bits = random.nextInt(address.length * 8 + 1);
      byte[] first = address.clone();
      for (int bit = bits; bit < address.length * 8; bit++) {
        first[bit / 8] &= (byte) ~(0x80 >> (bit % 8));
      }
      byte[] other = random.nextInt(4) == 0 ? bytes(random, address.length) : near(random, address);
      String network = InetAddress.getByAddress(first).getHostAddress() + "/" + bits;
      boolean expected =
          new BigInteger(1, first)
              .shiftRight(address.length * 8 - bits)
              .equals(new BigInteger(1, other).shiftRight(address.length * 8 - bits));
      IpNetwork read =
          assertInstanceOf(IpNetwork.Reading.Block.class, IpNetwork.parse(network)).network();
      String written = InetAddress.getByAddress(other).getHostAddress();
      assertEquals(expected, read.contains(written), () -> network + " " + written);
      inside += expected ? 1 : 0;
    }
    assertEquals(true, inside > 2_000 && inside < 18_000, "inside: " + inside);
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    if (length == 16) {
      // Runs of zeros are what `::` is about; the first group keeps it from being IPv4.
      int from = 2 + random.nextInt(14);
      Arrays.fill(bytes, from, from + random.nextInt(16 - from), (byte) 0);
      bytes[0] = 0x20;
    }
    return bytes;
  }

  private static byte[] near(Random random, byte[] address) {
    byte[] other = address.clone();
    int bit = random.nextInt(address.length * 8);
    other[bit / 8] ^= (byte) (0x80 >> (bit % 8));
    return other;
  }

  @FuzzTest
  void neverThrows(byte[] data) {
    String text = new String(data, java.nio.charset.StandardCharsets.UTF_8);
    Optional<IpAddress> address = IpAddress.parse(text);
    switch (IpNetwork.parse(text)) {
      case IpNetwork.Reading.Block block -> {
        assertEquals(text, block.network().toString());
        address.ifPresent(a -> assertEquals(true, block.network().contains(a)));
      }
      case IpNetwork.Reading.Overlong overlong ->
          assertInstanceOf(IpNetwork.Reading.Block.class, IpNetwork.parse(overlong.meant()));
      case IpNetwork.Reading.Unreadable unreadable -> {}
    }
  }
}
