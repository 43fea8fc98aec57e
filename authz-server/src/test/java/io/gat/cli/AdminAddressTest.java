package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

final class AdminAddressTest {
  private static boolean own(InetAddress address) {
    return address.equals(InetAddress.ofLiteral("10.1.2.3"))
        || address.equals(InetAddress.ofLiteral("fd00::1"));
  }

  @Test
  void sendsAGatInTheClearToThisMachineAlone() {
    assertEquals(
        "http://10.1.2.3:9195",
        AdminAddress.of("http://10.1.2.3:9195", AdminAddressTest::own).base().toString());
    assertEquals(
        "http://[fd00::1]:9195",
        AdminAddress.of("http://[fd00::1]:9195", AdminAddressTest::own).base().toString());
    assertEquals(
        "http://127.0.0.1:9195", AdminAddress.of("http://127.0.0.1:9195").base().toString());
    for (String other :
        new String[] {"http://10.1.2.4:9195", "http://gat.example:9195", "http://[fd00::2]:9195"}) {
      assertThrows(UnusableInput.class, () -> AdminAddress.of(other, AdminAddressTest::own), other);
    }
    // TEST-NET-1 (RFC 5737) and "any address" are nobody's.
    assertThrows(UnusableInput.class, () -> AdminAddress.of("http://192.0.2.1:9195"));
    assertThrows(UnusableInput.class, () -> AdminAddress.of("http://0.0.0.0:9195"));
  }
}
