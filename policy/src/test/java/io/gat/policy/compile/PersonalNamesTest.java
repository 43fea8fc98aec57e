package io.gat.policy.compile;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PersonalNamesTest {
  /** The standard claims of OpenID Connect Core 1.0, section 5.1, and providers' own. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "name",
        "given_name",
        "family_name",
        "middle_name",
        "nickname",
        "preferred_username",
        "profile",
        "picture",
        "website",
        "email",
        "email_verified",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "phone_number",
        "phone_number_verified",
        "address",
        "user_email",
        "user_login",
        "upn",
        "unique_name",
        "ipaddr",
        "actor",
        "givenName",
        "https://a/email",
        "urn:x:mobilePhone",
        "Date-Of-Birth",
        "mail"
      })
  void namesUnderWhichPersonalDataGoes(String name) {
    assertTrue(PersonalNames.includes(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "groups",
        "roles",
        "tenant",
        "department",
        "acr",
        "amr",
        "auth_time",
        "repository",
        "ref",
        "environment",
        "project_path",
        "azp",
        "team",
        "purpose",
        "https://a.example/tenant"
      })
  void namesOfWhatIsNobodysInParticular(String name) {
    assertFalse(PersonalNames.includes(name));
  }
}
