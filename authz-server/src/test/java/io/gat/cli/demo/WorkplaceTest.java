package io.gat.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.cli.UnusableInput;
import io.gat.config.ConfigReader;
import io.gat.config.ListenAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WorkplaceTest {
  @TempDir private Path folder;

  @Test
  void writesAConfigurationThatGatTakesAndLeavesNothing() throws IOException {
    Workplace place = Workplace.create();
    Path home = place.config().getParent();
    try (place) {
      place.writeGat("https://gat.example", 1, 2, 3);
      ConfigReader.Result.Read read =
          assertInstanceOf(ConfigReader.Result.Read.class, ConfigReader.read(place.config()));
      assertEquals(
          new ListenAddress.Unix(place.socket()), read.config().authz().orElseThrow().listen());
      assertEquals(place.data(), read.config().issuer().orElseThrow().data());
    }
    assertFalse(Files.exists(home));
  }

  @Test
  void fillsInEveryPlaceholder() throws IOException {
    Path template = folder.resolve("demo.yaml");
    Files.writeString(template, "@AUTHZ_SOCKET@ @LISTEN_PORT@ @ADMIN_PORT@ @UPSTREAM_PORT@");
    try (Workplace place = Workplace.create()) {
      place.writeEnvoy(template, new Ports(1, 2, 3));
      assertEquals(place.socket() + " 1 2 3", Files.readString(place.envoyConfig()));
      assertThrows(
          UnusableInput.class,
          () -> place.writeEnvoy(folder.resolve("absent"), new Ports(1, 2, 3)));
    }
  }

  @Test
  void namesEveryPortInUse() throws IOException {
    try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket two = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Ports ports = new Ports(one.getLocalPort(), Ports.free(), two.getLocalPort());
      String message = assertThrows(UnusableInput.class, ports::requireFree).toString();
      assertEquals(2, message.lines().count(), message);
      assertTrue(message.contains("port " + one.getLocalPort() + " is in use"), message);
    }
  }
}
