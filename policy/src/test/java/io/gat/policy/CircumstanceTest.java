package io.gat.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gat.policy.Circumstance.Answer;
import io.gat.policy.compile.Policies;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each circumstance as a policy file writes it, against one call. */
class CircumstanceTest {
  private static final Instant NOW = Instant.parse("2026-01-07T10:00:00Z");

  @ParameterizedTest(name = "{0} of {1} is {2}")
  @CsvSource(
      delimiterString = "==>",
      nullValues = "-",
      quoteCharacter = '`',
      value = {
        "{x-a: one} ==> x-a=one ==> YES",
        "{X-A: one} ==> x-a=one ==> YES",
        "{x-a: one} ==> x-a=One ==> NO",
        "{x-a: one} ==> x-a=two ==> NO",
        "{x-a: one} ==> x-b=one ==> NO",
        "{x-a: one} ==> - ==> NO",
        "{x-a: [one, two]} ==> x-a=two ==> YES",
        "{x-a: [one, two]} ==> x-a=three ==> NO",
        "{x-a: \"*\"} ==> x-a=anything ==> YES",
        "{x-a: \"*\"} ==> x-a= ==> YES",
        "{x-a: \"*\"} ==> x-a=1 x-a=2 ==> YES",
        "{x-a: \"*\"} ==> x-b=1 ==> NO",
        // Envoy may have joined a repeated header, or not: either way it is one text.
        "{x-a: one} ==> x-a=one x-a=two ==> UNCLEAR",
        "{x-a: one} ==> x-a=one,two ==> UNCLEAR",
        "{x-a: two} ==> x-a=one,two ==> UNCLEAR",
        "{x-a: one} ==> x-a=one x-a=one ==> UNCLEAR",
        "{x-a: \"one,two\"} ==> x-a=one,two ==> YES",
        "{x-a: \"one,two\"} ==> x-a=one x-a=two ==> YES",
        "{x-a: one} ==> x-a=three,two ==> NO",
        "{x-a: one, x-b: two} ==> x-a=one x-b=two ==> YES",
        "{x-a: one, x-b: two} ==> x-a=one ==> NO",
        "{x-a: one, x-b: two} ==> x-a=one,one x-b=two ==> UNCLEAR",
        "{x-a: one, x-b: two} ==> x-a=one,one x-b=three ==> NO",
      })
  void headers(String wanted, String sent, Answer expected) {
    Map<String, List<String>> headers = new HashMap<>();
    for (String pair : sent == null ? new String[0] : sent.split(" ")) {
      String[] parts = pair.split("=", 2);
      headers.computeIfAbsent(parts[0], n -> new ArrayList<>()).add(parts[1]);
    }
    assertEquals(expected, judge("headers: " + wanted, AccessRequest.builder().headers(headers)));
  }

  @ParameterizedTest(name = "{0} of {1} is {2}")
  @CsvSource(
      delimiterString = "==>",
      nullValues = "-",
      quoteCharacter = '`',
      value = {
        "{a: one} ==> a=one ==> YES",
        "{a: one} ==> x=1&a=one&y ==> YES",
        "{a: one} ==> a=two ==> NO",
        "{a: one} ==> A=one ==> NO",
        "{a: one} ==> - ==> NO",
        "{a: \"one two\"} ==> a=one+two ==> YES",
        "{a: \"one two\"} ==> a=one%20two ==> YES",
        "{a: one} ==> %61=%6fne ==> YES",
        "{\"a b\": one} ==> a+b=one ==> YES",
        "{a: [one, two]} ==> a=two ==> YES",
        "{a: \"*\"} ==> a=x ==> YES",
        "{a: \"*\"} ==> a ==> YES",
        "{a: \"*\"} ==> b=1 ==> NO",
        "{a: \"\"} ==> a ==> YES",
        "{a: \"\"} ==> a= ==> YES",
        "{a: \"\"} ==> a=x ==> NO",
        "{a: one} ==> a=one&a=one ==> UNCLEAR",
        "{a: one} ==> a=one&a=two ==> UNCLEAR",
        "{a: one} ==> a=two&%61=one ==> UNCLEAR",
        "{a: one} ==> a=two&a=three ==> NO",
        "{a: \"*\"} ==> a=1&a=2 ==> UNCLEAR",
        "{a: one} ==> a=one&b=%zz ==> UNCLEAR",
        "{a: one} ==> a=% ==> UNCLEAR",
        "{a: one, b: two} ==> a=one&b=two ==> YES",
        "{a: one, b: two} ==> a=one ==> NO",
        "{a: one, b: two} ==> a=one&a=one&b=three ==> NO",
      })
  void query(String wanted, String sent, Answer expected) {
    String target = sent == null ? "/a" : "/a?" + sent;
    assertEquals(expected, judge("query: " + wanted, AccessRequest.builder().target(target)));
  }

  @ParameterizedTest(name = "{0} of {1} is {2}")
  @CsvSource(
      delimiterString = "==>",
      nullValues = "-",
      quoteCharacter = '`',
      value = {
        "principals: [\"spiffe://d/ns/shop/sa/a\"] ==> spiffe://d/ns/shop/sa/a ==> YES",
        "principals: [\"spiffe://d/ns/shop/sa/a\"] ==> spiffe://d/ns/shop/sa/ab ==> NO",
        "principals: [\"spiffe://d/ns/shop/sa/a\"] ==> spiffe://D/ns/shop/sa/a ==> NO",
        "principals: [\"spiffe://d/ns/shop/sa/a\"] ==> - ==> UNCLEAR",
        "principals: [\"spiffe://d/ns/shop/sa/*\"] ==> spiffe://d/ns/shop/sa/a ==> YES",
        "principals: [\"spiffe://d/ns/shop/sa/*\"] ==> spiffe://d/ns/shop/sa/ ==> NO",
        "principals: [\"spiffe://d/ns/shop/sa/*\"] ==> spiffe://d/ns/shop/sa/a/b ==> NO",
        "principals: [\"spiffe://d/ns/shop/sa/*\"] ==> spiffe://d/ns/other/sa/a ==> NO",
        "principals: [\"spiffe://d/ns/shop/sa/*\"] ==> spiffe://d/ns/shop/sa ==> NO",
        "principals: [\"spiffe://d/ns/*/sa/a\"] ==> spiffe://d/ns/shop/sa/a ==> YES",
        "principals: [\"spiffe://d/ns/*/sa/a\"] ==> spiffe://d/ns//sa/a ==> NO",
        "principals: [\"spiffe://d/*/*\"] ==> spiffe://d/a/b ==> YES",
        "principals: [\"spiffe://d/*/*\"] ==> spiffe://d/a ==> NO",
        "principals: [\"*\"] ==> CN=anybody ==> YES",
        "principals: [\"*\"] ==> - ==> UNCLEAR",
        "principals: [x, y] ==> y ==> YES",
        "namespaces: [shop] ==> spiffe://d/ns/shop/sa/a ==> YES",
        "namespaces: [shop] ==> spiffe://other/ns/shop/sa/a ==> YES",
        "namespaces: [shop, web] ==> spiffe://d/ns/web/sa/a ==> YES",
        "namespaces: [shop] ==> spiffe://d/ns/shop2/sa/a ==> NO",
        "namespaces: [shop] ==> spiffe://d/ns/shop ==> NO",
        "namespaces: [shop] ==> spiffe://d/ns/shop/sa/ ==> NO",
        "namespaces: [shop] ==> spiffe://d/ns/shop/sa/a/b ==> NO",
        "namespaces: [shop] ==> spiffe:///ns/shop/sa/a ==> NO",
        "namespaces: [shop] ==> spiffe://d/x/ns/shop/sa/a ==> NO",
        "namespaces: [shop] ==> https://d/ns/shop/sa/a ==> NO",
        "namespaces: [shop] ==> shop ==> NO",
        "namespaces: [shop] ==> - ==> UNCLEAR",
      })
  void identity(String from, String principal, Answer expected) {
    var request = AccessRequest.builder().sourcePrincipal(principal == null ? "" : principal);
    assertEquals(expected, judge("from: {" + from + "}", request));
  }

  @ParameterizedTest(name = "{0} of {1} is {2}")
  @CsvSource(
      delimiterString = "==>",
      nullValues = "-",
      quoteCharacter = '`',
      value = {
        "10.0.0.0/8 ==> 10.1.2.3 ==> YES",
        "10.0.0.0/8 ==> 10.0.0.0 ==> YES",
        "10.0.0.0/8 ==> 10.255.255.255 ==> YES",
        "10.0.0.0/8 ==> 11.0.0.0 ==> NO",
        "10.0.0.0/8 ==> ::ffff:10.1.2.3 ==> YES",
        "10.0.0.0/8 ==> ::ffff:a01:203 ==> YES",
        "10.0.0.0/8 ==> ::10.1.2.3 ==> NO",
        "10.1.2.3 ==> 10.1.2.3 ==> YES",
        "10.1.2.3 ==> 10.1.2.4 ==> NO",
        "0.0.0.0/0 ==> 255.255.255.255 ==> YES",
        "0.0.0.0/0 ==> ::1 ==> NO",
        "192.168.7.128/25 ==> 192.168.7.127 ==> NO",
        "192.168.7.128/25 ==> 192.168.7.128 ==> YES",
        "2001:db8::/32 ==> 2001:db8:1::5 ==> YES",
        "2001:DB8::/32 ==> 2001:0db8:ffff:ffff:ffff:ffff:ffff:ffff ==> YES",
        "2001:db8::/32 ==> 2001:db9:: ==> NO",
        "2001:db8::/65 ==> 2001:db8::7fff:0:0:1 ==> YES",
        "2001:db8::/65 ==> 2001:db8::8000:0:0:1 ==> NO",
        "::/0 ==> 2001:db8:: ==> YES",
        "::/0 ==> 10.0.0.1 ==> NO",
        "::ffff:10.0.0.0/104 ==> 10.9.9.9 ==> YES",
        "fe80::/10 ==> fe80::1%eth0 ==> YES",
        "::1 ==> ::1 ==> YES",
        "10.0.0.0/8 ==> - ==> UNCLEAR",
        "10.0.0.0/8 ==> /run/envoy.sock ==> UNCLEAR",
        "10.0.0.0/8 ==> 010.1.2.3 ==> UNCLEAR",
        "10.0.0.0/8 ==> 10.1.2 ==> UNCLEAR",
        "10.0.0.0/8 ==> 10.1.2.3:80 ==> UNCLEAR",
      })
  void networks(String network, String address, Answer expected) {
    var request = AccessRequest.builder().sourceAddress(address == null ? "" : address);
    assertEquals(expected, judge("from: {networks: [\"" + network + "\"]}", request));
  }

  @ParameterizedTest(name = "{0} at {1} is {2}")
  @CsvSource(
      delimiterString = "==>",
      value = {
        // Half-open, in UTC.
        "from: \"08:00\", to: \"18:00\" ==> 2026-01-07T07:59:59.999999999Z ==> NO",
        "from: \"08:00\", to: \"18:00\" ==> 2026-01-07T08:00:00Z ==> YES",
        "from: \"08:00\", to: \"18:00\" ==> 2026-01-07T17:59:59.999999999Z ==> YES",
        "from: \"08:00\", to: \"18:00\" ==> 2026-01-07T18:00:00Z ==> NO",
        "from: \"08:00\" ==> 2026-01-07T23:59:59.999999999Z ==> YES",
        "from: \"08:00\" ==> 2026-01-07T00:00:00Z ==> NO",
        "to: \"18:00\" ==> 2026-01-07T00:00:00Z ==> YES",
        "from: \"08:00\", to: \"24:00\" ==> 2026-01-07T23:59:59Z ==> YES",
        "from: \"00:00\", to: \"24:00\" ==> 2026-01-07T00:00:00Z ==> YES",
        // 2026-01-07 is a Wednesday.
        "days: [wed] ==> 2026-01-07T00:00:00Z ==> YES",
        "days: [wed] ==> 2026-01-07T23:59:59.999Z ==> YES",
        "days: [wed] ==> 2026-01-08T00:00:00Z ==> NO",
        "days: [Mon, TUE, sun] ==> 2026-01-04T12:00:00Z ==> YES",
        "days: [mon, tue] ==> 2026-01-07T12:00:00Z ==> NO",
        // Over midnight: the window belongs to the day on which it began.
        "days: [wed], from: \"22:00\", to: \"06:00\" ==> 2026-01-07T21:59:59Z ==> NO",
        "days: [wed], from: \"22:00\", to: \"06:00\" ==> 2026-01-07T22:00:00Z ==> YES",
        "days: [wed], from: \"22:00\", to: \"06:00\" ==> 2026-01-08T05:59:59Z ==> YES",
        "days: [wed], from: \"22:00\", to: \"06:00\" ==> 2026-01-08T06:00:00Z ==> NO",
        "days: [wed], from: \"22:00\", to: \"06:00\" ==> 2026-01-07T05:00:00Z ==> NO",
        "days: [sun], from: \"22:00\", to: \"06:00\" ==> 2026-01-05T05:00:00Z ==> YES",
        "from: \"22:00\", to: \"00:00\" ==> 2026-01-07T23:00:00Z ==> YES",
        "from: \"22:00\", to: \"00:00\" ==> 2026-01-08T00:00:00Z ==> NO",
        // Berlin is an hour ahead in winter and two in summer.
        "zone: Europe/Berlin, from: \"08:00\", to: \"18:00\" ==> 2026-01-07T06:59:59Z ==> NO",
        "zone: Europe/Berlin, from: \"08:00\", to: \"18:00\" ==> 2026-01-07T07:00:00Z ==> YES",
        "zone: Europe/Berlin, from: \"08:00\", to: \"18:00\" ==> 2026-07-07T05:59:59Z ==> NO",
        "zone: Europe/Berlin, from: \"08:00\", to: \"18:00\" ==> 2026-07-07T06:00:00Z ==> YES",
        "zone: Europe/Berlin, from: \"08:00\", to: \"18:00\" ==> 2026-07-07T16:00:00Z ==> NO",
        "zone: Europe/Berlin, days: [thu] ==> 2026-01-07T22:59:59Z ==> NO",
        "zone: Europe/Berlin, days: [thu] ==> 2026-01-07T23:00:00Z ==> YES",
        // On 2026-03-29 Berlin's clock goes from 02:00 to 03:00, at 01:00 UTC.
        "zone: Europe/Berlin, from: \"01:30\", to: \"02:30\" ==> 2026-03-29T00:59:59Z ==> YES",
        "zone: Europe/Berlin, from: \"01:30\", to: \"02:30\" ==> 2026-03-29T01:00:00Z ==> NO",
        "zone: Europe/Berlin, from: \"02:00\", to: \"03:00\" ==> 2026-03-29T00:59:59Z ==> NO",
        "zone: Europe/Berlin, from: \"02:00\", to: \"03:00\" ==> 2026-03-29T01:00:00Z ==> NO",
        "zone: Europe/Berlin, from: \"02:30\", to: \"04:00\" ==> 2026-03-29T01:00:00Z ==> YES",
        // On 2026-10-25 it shows 02:00 to 03:00 twice, from 00:00 and from 01:00 UTC.
        "zone: Europe/Berlin, from: \"02:00\", to: \"03:00\" ==> 2026-10-24T23:59:59Z ==> NO",
        "zone: Europe/Berlin, from: \"02:00\", to: \"03:00\" ==> 2026-10-25T00:00:00Z ==> YES",
        "zone: Europe/Berlin, from: \"02:00\", to: \"03:00\" ==> 2026-10-25T01:59:59Z ==> YES",
        "zone: Europe/Berlin, from: \"02:00\", to: \"03:00\" ==> 2026-10-25T02:00:00Z ==> NO",
        "zone: Europe/Berlin, from: \"02:00\", to: \"02:30\" ==> 2026-10-25T00:45:00Z ==> NO",
        "zone: Europe/Berlin, from: \"02:00\", to: \"02:30\" ==> 2026-10-25T01:15:00Z ==> YES",
      })
  void during(String window, Instant now, Answer expected) {
    var one = circumstance("during: {" + window + "}");
    assertEquals(expected, one.judge(AccessRequest.builder().build(), now));
  }

  private static Answer judge(String key, AccessRequest.Builder request) {
    return circumstance(key).judge(request.build(), NOW);
  }

  private static Circumstance circumstance(String key) {
    String text = Policies.service("{name: r, paths: [\"/{all=**}\"], " + key + "}");
    var request = AccessRequest.builder().method("GET").host("s.example").target("/").build();
    Verdict verdict = Policies.compiled(text).policy().judge(request, "", NOW);
    List<Circumstance> all = ((Verdict.Guarded) verdict).rule().circumstances();
    assertEquals(1, all.size());
    return all.getFirst();
  }
}
