package io.gat.policy.compile;

import java.util.Locale;
import java.util.Set;

/**
 * The names under which personal data goes: the claims of OpenID Connect Core 1.0, section 5.1, and
 * what providers call the same. A token travels, and is logged where it goes; who somebody is, it
 * says by {@code sub} alone.
 */
final class PersonalNames {
  /** Without case and without what stands between words. */
  private static final Set<String> WHOLE =
      Set.of(
          "name",
          "givenname",
          "familyname",
          "middlename",
          "firstname",
          "lastname",
          "surname",
          "fullname",
          "displayname",
          "commonname",
          "cn",
          "sn",
          "nickname",
          "preferredusername",
          "username",
          "uniquename",
          "upn",
          "login",
          "userlogin",
          "actor",
          "profile",
          "picture",
          "avatar",
          "website",
          "gender",
          "sex",
          "dob",
          "age",
          "zoneinfo",
          "locale",
          "address",
          "streetaddress",
          "homeaddress",
          "postalcode",
          "zip",
          "zipcode",
          "locality",
          "ip",
          "ipaddr",
          "ipaddress",
          "clientip",
          "location",
          "geolocation",
          "ssn",
          "nationalid",
          "taxid",
          "passport",
          "passportnumber",
          "driverslicense",
          "iban",
          "creditcard",
          "religion",
          "ethnicity",
          "nationality",
          "nationalities",
          "placeofbirth",
          "title",
          "salutation",
          "msisdn");

  private static final Set<String> PARTS =
      Set.of("mail", "phone", "mobile", "birth", "username", "firstname", "lastname", "surname");

  private PersonalNames() {}

  /** True where people are told apart or reached by what goes under this name. */
  static boolean includes(String name) {
    // Of a name such as https://shop.example/email, the last part.
    String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf(':')) + 1);
    String bare = last.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    return WHOLE.contains(bare) || PARTS.stream().anyMatch(bare::contains);
  }
}
