package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gat.FreePort;
import io.gat.config.ConfigReader;
import io.gat.config.GatConfig;
import io.gat.issue.caller.TestCertificates;
import io.gat.issue.caller.TestCertificates.Holder;
import io.gat.json.StrictJson;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A workload of a mesh gets a token by its X.509-SVID, from a whole issuer in TLS. */
@Timeout(120)
final class MeshCallerTest {
  private static final String ID = "spiffe://cluster.local/ns/shop/sa/checkout";
  private static final Holder SERVERS = TestCertificates.authority("servers");
  private static final Holder MESH = TestCertificates.authority("mesh");

  @TempDir private Path folder;

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private GatServer issuer(int port) throws IOException, StartException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    Holder server =
        TestCertificates.draft("gat").ip(new byte[] {127, 0, 0, 1}).usage(0).signedBy(SERVERS);
    write("tls.crt", server.pem());
    write("tls.key", server.keyPem());
    write("bundle.pem", MESH.pem());
    write(
        "issuance.yaml",
        """
        version: gat/v1
        issuance: shop
        rules:
          - name: checkout-reads-orders
            principals: ["%s"]
            audiences: [orders]
            scopes: ["orders:read"]
        """
            .formatted(ID));
    Path file = folder.resolve("gat.yaml");
    write(
        "gat.yaml",
        """
        gat:
          roles: [issuer]
          issuer:
            url: "https://gat.example"
            listen: "https://127.0.0.1:%d"
            tls: {certificate: tls.crt, key: tls.key}
            issuance: issuance.yaml
            log: {embedded: data/}
            callers:
              - {kind: x509-svid, name: mesh, trust-domain: cluster.local, bundle: bundle.pem}
          health: {listen: "http://127.0.0.1:0"}
          admin: {listen: "http://127.0.0.1:0"}
        """
            .formatted(port));
    GatConfig config =
        switch (ConfigReader.read(file)) {
          case ConfigReader.Result.Read read -> read.config();
          case ConfigReader.Result.Refused refused -> throw new AssertionError(refused.problems());
        };
    return GatServer.start(config, OutputStream.nullOutputStream());
  }

  private static SSLContext client(Holder own) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "own", own.keys().getPrivate(), new char[0], new Certificate[] {own.certificate()});
    store.setCertificateEntry("servers", SERVERS.certificate());
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, new char[0]);
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static JsonNode ask(int port, Holder own) throws Exception {
    try (HttpClient http = HttpClient.newBuilder().sslContext(client(own)).build()) {
      return new ObjectMapper()
          .readTree(
              http.send(
                      HttpRequest.newBuilder(
                              URI.create("https://127.0.0.1:" + port + "/oauth2/token"))
                          .header("content-type", "application/x-www-form-urlencoded")
                          .POST(
                              BodyPublishers.ofString(
                                  "grant_type=client_credentials&audience=orders"
                                      + "&scope=orders%3Aread"))
                          .build(),
                      BodyHandlers.ofString())
                  .body());
    }
  }

  @Test
  void getsATokenAboutItself() throws Exception {
    int port = FreePort.next();
    try (GatServer _ = issuer(port)) {
      JsonNode granted = ask(port, TestCertificates.svid(ID).signedBy(MESH));
      String token = granted.path("access_token").asText();
      assertEquals(3, token.split("\\.", -1).length, granted::toString);
      Map<String, Object> claims =
          StrictJson.object(Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]));
      assertEquals(ID, claims.get("sub"));
      assertEquals(ID, claims.get("client_id"));

      for (Holder nobody :
          List.of(
              TestCertificates.svid(ID).selfSigned(),
              TestCertificates.svid("spiffe://other/ns/shop/sa/checkout").signedBy(MESH))) {
        JsonNode refused = ask(port, nobody);
        assertEquals("invalid_client", refused.path("error").asText(), refused::toString);
      }
      JsonNode another =
          ask(port, TestCertificates.svid("spiffe://cluster.local/ns/shop/sa/cart").signedBy(MESH));
      assertTrue(another.path("access_token").isMissingNode(), another::toString);
    }
  }
}
