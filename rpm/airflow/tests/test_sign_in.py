"""Sign-in through the real Flask app: who gets in, with which roles, and where to."""
import base64
import json
import logging
import time
import unittest
from unittest import mock

import lab
from browser import CALLBACK, Browser, app, expire_keys, roles_of, set_active
from cases import named, table
from identity import CLIENT, ISSUER, SECRET, Key, at_hash, hs256, id_claims, query_of, unsigned
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

provider = lab.provider
sign = provider.key.sign
other_key = Key(provider.key.kid)
stranger = Key("stranger")
encryption = Key("encryption-key")


def changed(**changes):
    return lambda claims: sign({k: v for k, v in {**claims, **changes}.items() if v is not None})


def at(name, seconds):
    return lambda claims: sign({**claims, name: claims["iat"] + seconds})


def tampered(claims):
    head, _, signature = sign(claims).split(".")
    body = unsigned({**claims, "preferred_username": "root"}, "x").split(".")[1]
    return f"{head}.{body}.{signature}"


PEM = provider.key.pem()
DER = base64.b64decode("".join(PEM.decode().splitlines()[1:-1]))
FORGED = {
    "another key with the same id": (other_key.sign, "signature: BadSignatureError"),
    "another key of an unknown id": (stranger.sign, "unknown key id 'stranger'"),
    "its own key in the header": (lambda c: other_key.sign(c, jwk=other_key.jwk()), "signature: BadSignatureError"),
    "a key address in the header": (
        lambda c: other_key.sign(c, jku="http://127.0.0.1:1/keys"),
        "signature: BadSignatureError",
    ),
    "no key id": (lambda c: sign(c, kid=None), "kid: is missing"),
    "a key id that is a list": (lambda c: sign(c, kid=["signing-key"]), "kid: is missing"),
    "alg none": (lambda c: unsigned(c, "signing-key"), "signature: UnsupportedAlgorithmError"),
    "alg None": (lambda c: unsigned(c, "signing-key", "None"), "signature: UnsupportedAlgorithmError"),
    "alg NONE": (lambda c: unsigned(c, "signing-key", "NONE"), "signature: UnsupportedAlgorithmError"),
    "no alg": (lambda c: sign(c, alg=None), "signature: MissingAlgorithmError"),
    "empty signature": (lambda c: sign(c).rpartition(".")[0] + ".", "signature: BadSignatureError"),
    "HS256 with the public key": (lambda c: hs256(c, "signing-key", PEM), "signature: UnsupportedAlgorithmError"),
    "HS256 with the stripped public key": (
        lambda c: hs256(c, "signing-key", PEM.strip()),
        "signature: UnsupportedAlgorithmError",
    ),
    "HS256 with the public key as DER": (lambda c: hs256(c, "signing-key", DER), "signature: UnsupportedAlgorithmError"),
    "HS256 with the JWK's text": (
        lambda c: hs256(c, "signing-key", json.dumps(provider.key.jwk()).encode()),
        "signature: UnsupportedAlgorithmError",
    ),
    "HS512 with the public key": (
        lambda c: hs256(c, "signing-key", PEM, "HS512"),
        "signature: UnsupportedAlgorithmError",
    ),
    "a key id that is null": (lambda c: provider.key.signed({"alg": "RS256", "kid": None}, c), "kid: is missing"),
    "HS256 with the modulus": (
        lambda c: hs256(c, "signing-key", provider.key.jwk()["n"].encode()),
        "signature: UnsupportedAlgorithmError",
    ),
    "HS256 with the client secret": (
        lambda c: hs256(c, "signing-key", SECRET.encode()),
        "signature: UnsupportedAlgorithmError",
    ),
    "HS256 with an empty secret": (lambda c: hs256(c, "signing-key", b""), "signature: UnsupportedAlgorithmError"),
    "RS512 by the right key": (
        lambda c: sign(c, hash_=hashes.SHA512(), alg="RS512"),
        "signature: UnsupportedAlgorithmError",
    ),
    "PS256 by the right key": (lambda c: sign(
        c, pad=padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256.digest_size), alg="PS256"
    ), "signature: UnsupportedAlgorithmError"),
    "a critical header": (lambda c: sign(c, crit=["x"], x=1), "crit: asks for what is not understood"),
    "a changed payload": (tampered, "signature: BadSignatureError"),
    "a payload that is a list": (lambda c: sign([c]), "signature: "),
    "five parts": (lambda c: sign(c) + ".x.y", "not a signed token"),
    "not a token": (lambda c: "x", "not a signed token"),
    "letters beyond ASCII": (lambda c: "ä.ö.ü", "not a signed token"),
    "100 kB": (lambda c: sign({**c, "x": "y" * 100_000}), "not a signed token"),
    "deeply nested": (lambda c: "W" * 40_000 + "." + "W" * 10_000 + ".W", "signature: "),
    "encrypted": (lambda c: "e30.e30.e30.e30.e30", "not a signed token"),
    "signed by the key for encryption": (encryption.sign, "unknown key id"),
    "an empty text": (lambda c: "", "not a signed token"),
    "a header that is no JSON": (lambda c: "x." + sign(c).partition(".")[2], "signature: "),
    "ES256 in the header": (lambda c: sign(c, alg="ES256"), "signature: UnsupportedAlgorithmError"),
    "spaces around it": (lambda c: " " + sign(c) + " ", "signature: "),
}
WRONG = {
    "expired": (at("exp", -76), "exp: expired"),
    "exp missing": (changed(exp=None), "exp: is None, must be an integer"),
    "exp a text": (changed(exp="9999999999"), "exp: is '9999999999', must be an integer"),
    "exp true": (changed(exp=True), "exp: is True, must be an integer"),
    "exp zero": (changed(exp=0), "exp: expired"),
    "exp with a fraction": (lambda c: sign({**c, "exp": c["exp"] + 0.5}), "must be an integer"),
    "exp of 400 digits": (changed(exp=10**400), "exp: is a huge number, must be an integer"),
    "exp far below zero": (changed(exp=-(10**400)), "exp: is a huge number, must be an integer"),
    "iat of 400 digits": (changed(iat=10**400), "iat: is a huge number, must be an integer"),
    "sub of 10 kB": (changed(sub="x" * 10_000), "sub: is 'xxxx"),
    "sub with a zero byte": (changed(sub="a\0b"), "sub: is 'a\\x00b', must be a text"),
    "sub with half a character": (changed(sub="\ud800"), "sub: is '\\ud800', must be a text"),
    "name of 65 characters": (changed(preferred_username="n" * 65), "has 65 characters, Airflow has room for 64"),
    "exp NaN": (changed(exp=float("nan")), "exp: is nan, must be an integer"),
    "exp Infinity": (changed(exp=float("inf")), "exp: is inf, must be an integer"),
    "iat in two minutes": (at("iat", 120), "s in the future; compare the clocks"),
    "iat missing": (changed(iat=None), "iat: is None, must be an integer"),
    "iat a text": (changed(iat="1"), "iat: is '1', must be an integer"),
    "nbf in two minutes": (at("nbf", 120), "s in the future; compare the clocks"),
    "nbf a text": (changed(nbf="1"), "nbf: is '1', must be an integer"),
    "another issuer": (changed(iss="http://sso.test/realms/other"), "iss: is 'http://sso.test/realms/other'"),
    "issuer with a slash": (changed(iss=ISSUER + "/"), "iss: is 'http://sso.test/realms/lab/'"),
    "issuer by the servers' address": (changed(iss=provider.url), "iss: is 'http://127.0.0.1"),
    "issuer missing": (changed(iss=None), "iss: is None"),
    "issuer a list": (changed(iss=[ISSUER]), "iss: is ['http://sso.test/realms/lab']"),
    "another audience": (changed(aud="other"), "aud: is 'other', must hold 'airflow'"),
    "a longer audience": (changed(aud="airflow-cli"), "aud: is 'airflow-cli'"),
    "audience a list of others": (changed(aud=["other", "more"]), "aud: is ['other', 'more']"),
    "audience empty": (changed(aud=""), "aud: is ''"),
    "audience an empty list": (changed(aud=[]), "aud: is []"),
    "audience an object": (changed(aud={CLIENT: 1}), "aud: is {'airflow': 1}"),
    "audience missing": (changed(aud=None), "aud: is None"),
    "issued to another client": (changed(azp="other"), "azp: is 'other', must be 'airflow'"),
    "issued to nobody": (changed(azp=None), "azp: is None"),
    "issued to a list": (changed(azp=[CLIENT]), "azp: is ['airflow']"),
    "an access token": (changed(typ="Bearer"), "typ: is 'Bearer', must be 'ID'"),
    "a logout token": (changed(typ="Logout"), "typ: is 'Logout', must be 'ID'"),
    "no type": (changed(typ=None), "typ: is None, must be 'ID'"),
    "sub missing": (changed(sub=None), "sub: is None, must be a text"),
    "sub empty": (changed(sub=""), "sub: is '', must be a text"),
    "sub a number": (changed(sub=7), "sub: is 7, must be a text"),
    "another nonce": (changed(nonce="n"), "nonce: belongs to another sign-in"),
    "nonce missing": (changed(nonce=None), "nonce: is None, must be a text"),
    "nonce a number": (changed(nonce=1), "nonce: is 1, must be a text"),
    "hash of another access token": (changed(at_hash=at_hash("other")), "at_hash: belongs to another access token"),
    "hash a number": (changed(at_hash=1), "at_hash: is 1, must be a text"),
    "iat NaN": (changed(iat=float("nan")), "iat: is nan, must be an integer"),
    "iat true": (changed(iat=True), "iat: is True, must be an integer"),
    "nbf true": (changed(nbf=True), "nbf: is True, must be an integer"),
    "issuer in capitals": (changed(iss=ISSUER.upper()), "iss: is 'HTTP://SSO.TEST/REALMS/LAB'"),
    "audience with a space": (changed(aud=CLIENT + " "), "aud: is 'airflow '"),
    "issued to an empty client": (changed(azp=""), "azp: is ''"),
    "type in another case": (changed(typ="id"), "typ: is 'id', must be 'ID'"),
    "type a list": (changed(typ=["ID"]), "typ: is ['ID'], must be 'ID'"),
    "nonce empty": (changed(nonce=""), "nonce: is '', must be a text"),
    "hash empty": (changed(at_hash=""), "at_hash: is '', must be a text"),
    "name of a machine": (changed(preferred_username="service-account-ci"), "is the name of a machine"),
    "name of a machine in capitals": (changed(preferred_username="Service-Account-ci"), "is the name of a machine"),
}
MALFORMED_ROLES = {
    "missing": {"resource_access": None},
    "resource_access a text": {"resource_access": "airflow_admin"},
    "resource_access a list": {"resource_access": ["airflow_admin"]},
    "client a list": {"resource_access": {CLIENT: ["airflow_admin"]}},
    "roles a text": {"resource_access": {CLIENT: {"roles": "airflow_admin"}}},
    "roles an object": {"resource_access": {CLIENT: {"roles": {"airflow_admin": True}}}},
    "roles with a number": {"resource_access": {CLIENT: {"roles": ["airflow_admin", 1]}}},
    "roles with a list": {"resource_access": {CLIENT: {"roles": [["airflow_admin"]]}}},
    "roles null": {"resource_access": {CLIENT: {"roles": None}}},
    "roles of another client": {"resource_access": {"other": {"roles": ["airflow_admin"]}}},
    "roles unknown": {"resource_access": {CLIENT: {"roles": ["Admin", "AIRFLOW_ADMIN"]}}},
    "roles of the realm": {"resource_access": None, "realm_access": {"roles": ["airflow_admin"]}},
}
SAFE = {
    "/tree?dag_id=x": "/tree?dag_id=x",
    lab.BASE_URL + "/tree?dag_id=x": "/tree?dag_id=x",
    "/graph": "/graph",
    "/log?dag_id=x": "/log?dag_id=x",
}
UNSAFE = {
    text: text
    for text in (
        "http://evil.test/",
        "//evil.test/",
        "///evil.test/",
        "////evil.test",
        "http:///evil.test",
        "http:evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "/\t/evil.test",
        "\n//evil.test",
        "javascript:alert(1)",
        "data:text/html,x",
        lab.BASE_URL + "//evil.test/",
        lab.BASE_URL + "@evil.test/",
        lab.BASE_URL + ".evil.test/",
        "https://airflow.test:8080/",
        "http://[evil/",
        "evil.test",
        "/logout/",
        "/login/?next=/login/",
        "/" + "x" * 3000,
    )
}


@named
class SignIn(unittest.TestCase):
    def setUp(self):
        logging.disable(logging.WARNING)
        self.addCleanup(logging.disable, logging.NOTSET)
        provider.token_requests.clear()
        self.browser = Browser()

    def refused(self, answer, status=401):
        self.assertEqual(answer.status_code, status, answer.data)
        self.assertIn(b"Reference: <code>", answer.data)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertFalse(self.browser.is_signed_in())

    def refused_because(self, make, reason):
        logging.disable(logging.NOTSET)
        with self.assertLogs("airflow_appliance.pages", "WARNING") as logs:
            self.refused(self.browser.sign_in(make=make))
        self.assertIn(reason, logs.output[0])

    @table(lab.ROLES)
    def gives_the_role(self, airflow_role):
        theirs = {ours: theirs for theirs, ours in lab.ROLES.items()}[airflow_role]
        answer = self.browser.sign_in("user-" + airflow_role, [theirs])
        self.assertEqual((answer.status_code, answer.headers["Location"]), (302, lab.BASE_URL + "/home"))
        self.assertEqual(roles_of("user-" + airflow_role), sorted({airflow_role, "Public"}))
        self.assertEqual(self.browser.get("/home").status_code, 403 if airflow_role == "Public" else 200)

    @table(FORGED)
    def refuses_a_forged_token(self, row):
        self.refused_because(*row)

    @table(WRONG)
    def refuses_a_wrong_claim(self, row):
        self.refused_because(*row)

    @table(MALFORMED_ROLES)
    def gives_no_rights_for_roles(self, changes):
        self.assertEqual(self.browser.sign_in("nora", **changes).status_code, 302)
        self.assertEqual(roles_of("nora"), ["Public"])
        answer = self.browser.get("/home")
        self.assertEqual(answer.status_code, 403)
        self.assertIn(b"You have no role here", answer.data)

    @table({url: (url, path) for url, path in SAFE.items()})
    def takes_the_target(self, row):
        url, path = row
        self.assertEqual(self.browser.sign_in(target=url).headers["Location"], lab.BASE_URL + path)

    @table(UNSAFE)
    def never_goes_on_to(self, url):
        self.assertEqual(self.browser.sign_in(target=url).headers["Location"], lab.BASE_URL + "/home")

    def test_two_audiences_with_ours_are_good(self):
        self.assertEqual(self.browser.sign_in(aud=["other", CLIENT]).status_code, 302)

    def test_small_clock_differences_are_good(self):
        now = id_claims()["iat"]
        self.assertEqual(self.browser.sign_in(iat=now + 50, nbf=now + 50).status_code, 302)
        self.assertEqual(Browser().sign_in(exp=now - 50).status_code, 302)

    def test_the_request_asks_for_a_code_with_pkce(self):
        asked = self.browser.start()
        self.assertEqual(asked["response_type"], "code")
        self.assertEqual(asked["code_challenge_method"], "S256")
        self.assertEqual(asked["redirect_uri"], lab.BASE_URL + "/oauth-authorized/keycloak")
        again = Browser().start()
        for name in ("state", "nonce", "code_challenge"):
            self.assertNotEqual(asked[name], again[name])
            self.assertGreaterEqual(len(asked[name]), 43)

    def test_the_token_request_proves_the_code_challenge(self):
        import base64
        import hashlib

        asked = self.browser.start()
        provider.tokens(sign(id_claims(nonce=asked["nonce"])))
        self.browser.finish(asked)
        (path, form), = provider.token_requests
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        self.assertEqual(base64.urlsafe_b64encode(digest).rstrip(b"=").decode(), asked["code_challenge"])
        self.assertEqual((form["client_secret"], form["code"]), (SECRET, "the-code"))
        self.assertEqual(form["redirect_uri"], asked["redirect_uri"])

    def test_roles_go_down_at_the_next_sign_in(self):
        self.browser.sign_in("vera", ["airflow_admin", "airflow_op"])
        self.assertEqual(roles_of("vera"), ["Admin", "Op", "Public"])
        Browser().sign_in("vera", ["airflow_viewer"])
        self.assertEqual(roles_of("vera"), ["Public", "Viewer"])
        Browser().sign_in("vera", None)
        self.assertEqual(roles_of("vera"), ["Public"])
        Browser().sign_in("vera", ["airflow_user"])
        self.assertEqual(roles_of("vera"), ["Public", "User"])

    def test_no_id_token(self):
        asked = self.browser.start()
        provider.tokens(None)
        self.refused(self.browser.finish(asked))

    def test_id_token_that_is_no_text(self):
        asked = self.browser.start()
        provider.tokens({"a": 1})
        self.refused(self.browser.finish(asked))

    def test_hash_without_access_token(self):
        asked = self.browser.start()
        provider.tokens(sign(id_claims(nonce=asked["nonce"])), access_token=None)
        self.refused(self.browser.finish(asked))

    def test_unknown_state(self):
        asked = self.browser.start()
        provider.tokens(sign(id_claims(nonce=asked["nonce"])))
        self.refused(self.browser.finish({**asked, "state": "x"}))
        self.assertEqual(provider.token_requests, [])

    def test_no_state(self):
        asked = self.browser.start()
        self.refused(self.browser.finish(asked, state=None))

    def test_state_of_another_browser(self):
        asked = Browser().start()
        provider.tokens(sign(id_claims(nonce=asked["nonce"])))
        self.refused(self.browser.finish(asked))
        self.assertEqual(provider.token_requests, [])

    def test_an_answer_works_once(self):
        asked = self.browser.start()
        provider.tokens(sign(id_claims(nonce=asked["nonce"])))
        self.assertEqual(self.browser.finish(asked).status_code, 302)
        self.assertEqual(self.browser.finish(asked).status_code, 401)

    def test_two_tabs_can_sign_in(self):
        """Whichever is answered first; a sign-in begins a new session, so the other tab is signed in as well."""
        first = self.browser.start("/tree")
        self.browser.start("/graph")
        provider.tokens(sign(id_claims(nonce=first["nonce"])))
        self.assertEqual(self.browser.finish(first).headers["Location"], lab.BASE_URL + "/tree")

    def test_no_code(self):
        self.refused(self.browser.finish(self.browser.start(), code=None))

    def test_answer_of_another_issuer(self):
        asked = self.browser.start()
        self.refused(self.browser.finish(asked, iss="http://sso.test/realms/other"))
        self.assertEqual(provider.token_requests, [])

    def test_answer_that_names_the_issuer(self):
        asked = self.browser.start()
        provider.tokens(sign(id_claims(nonce=asked["nonce"])))
        self.assertEqual(self.browser.finish(asked, iss=ISSUER).status_code, 302)

    def test_the_provider_says_no(self):
        answer = self.browser.finish(self.browser.start(), error="access_denied", error_description="<script>")
        self.refused(answer)
        self.assertNotIn(b"script", answer.data)

    def test_the_token_endpoint_says_no(self):
        asked = self.browser.start()
        provider.answer = (400, {"error": "invalid_grant"})
        self.refused(self.browser.finish(asked))

    def test_the_token_endpoint_fails(self):
        asked = self.browser.start()
        provider.answer = (502, {})
        self.refused(self.browser.finish(asked), 503)

    def test_the_token_endpoint_sends_no_json(self):
        asked = self.browser.start()
        provider.answer = (200, b"<html>")
        self.refused(self.browser.finish(asked), 503)

    def test_the_token_endpoint_sends_too_much(self):
        asked = self.browser.start()
        provider.answer = (200, b'{"x": "' + b"y" * 300_000 + b'"}')
        self.refused(self.browser.finish(asked), 503)

    def test_a_redirect_of_the_token_endpoint_is_not_followed(self):
        asked = self.browser.start()
        provider.answer = (307, {})
        self.refused(self.browser.finish(asked), 503)

    def test_another_host_name_goes_to_the_official_one_once(self):
        answer = self.browser.get("/login/?next=/tree", base_url="http://10.0.0.120:8080")
        self.assertEqual(answer.headers["Location"], lab.BASE_URL + "/login/?next=%2Ftree&moved=1")
        answer = self.browser.get("/login/?next=/tree&moved=1", base_url="http://10.0.0.120:8080")
        self.assertTrue(answer.headers["Location"].startswith(ISSUER))

    def test_the_callback_address_never_comes_from_the_request(self):
        answer = self.browser.get(
            "/login/?moved=1", base_url="http://evil.test", headers={"X-Forwarded-Host": "evil.test"}
        )
        self.assertEqual(
            query_of(answer.headers["Location"])["redirect_uri"], lab.BASE_URL + "/oauth-authorized/keycloak"
        )

    def test_a_repeated_parameter(self):
        asked = self.browser.start()
        provider.tokens(sign(id_claims(nonce=asked["nonce"])))
        for query in (f"state={asked['state']}&code=a&code=b", f"state=x&state={asked['state']}&code=a"):
            self.refused(self.browser.get(f"{CALLBACK}?{query}"))
        self.assertEqual(provider.token_requests, [])

    def test_a_cookie_of_another_secret(self):
        asked = self.browser.start()
        value = self.browser.cookie().value
        self.browser.http.set_cookie("airflow.test", "session", value.rpartition(".")[0] + ".AAAAAAAAAAAAAAAAAAAAAAAAAAA")
        provider.tokens(sign(id_claims(nonce=asked["nonce"])))
        self.refused(self.browser.finish(asked))
        self.assertEqual(provider.token_requests, [])

    def test_an_oversized_cookie(self):
        self.browser.http.set_cookie("airflow.test", "session", "x" * 100_000)
        self.assertFalse(self.browser.is_signed_in())

    def test_an_answer_after_too_long(self):
        asked = self.browser.start()
        provider.tokens(sign(id_claims(nonce=asked["nonce"])))
        with mock.patch("airflow_appliance.oidc.PENDING_SECONDS", -1):
            self.refused(self.browser.finish(asked))

    def test_more_tabs_than_are_remembered(self):
        first = self.browser.start()
        for _ in range(5):
            self.browser.start()
        self.refused(self.browser.finish(first))

    def test_an_answer_by_post(self):
        asked = self.browser.start()
        answer = self.browser.post(CALLBACK, data={"state": asked["state"], "code": "the-code"})
        self.assertIn(answer.status_code, (400, 404, 405))
        self.assertFalse(self.browser.is_signed_in())

    def test_a_provider_that_is_away_is_said_before_the_browser_is_sent_there(self):
        self.addCleanup(expire_keys)
        expire_keys()
        provider.mode = "away"
        self.addCleanup(setattr, provider, "mode", None)
        answer = self.browser.get("/login/?next=/tree")
        self.refused(answer, 503)
        self.assertIn(b"does not answer", answer.data)
        self.assertEqual(answer.headers["Refresh"], f"10; url={lab.BASE_URL}/login/?next=%2Ftree")
        provider.mode = None
        self.assertEqual(self.browser.get("/login/").status_code, 503)  # asked again only after a while
        expire_keys()
        self.assertEqual(self.browser.get("/login/").status_code, 302)

    @table({name: name for name in ("away", "slow", "dripping", "slow headers", "garbage", "huge", "a list", "redirect")})
    def refuses_keys_that_are(self, mode):
        self.browser.sign_in()
        self.browser = Browser()
        asked = self.browser.start()
        provider.tokens(sign(id_claims(nonce=asked["nonce"])))
        expire_keys()
        self.addCleanup(expire_keys)
        provider.mode = mode
        self.addCleanup(setattr, provider, "mode", None)
        with mock.patch("airflow_appliance.fetch.TIMEOUT", 1):
            begun = time.monotonic()
            self.refused(self.browser.finish(asked), 503)
        self.assertLess(time.monotonic() - begun, 3)

    def test_unknown_provider(self):
        for path in ("/login/github", "/oauth-authorized/github"):
            self.assertEqual(self.browser.get(path).status_code, 404)

    def test_a_disabled_account(self):
        self.browser.sign_in("disabled")
        set_active("disabled", False)
        self.browser = Browser()
        self.refused(self.browser.sign_in("disabled"), 403)

    def test_a_user_without_name_or_email(self):
        changes = dict(preferred_username=None, email=None, given_name=None, family_name=None, sub="bare")
        self.assertEqual(self.browser.sign_in(**changes).status_code, 302)
        self.assertEqual(roles_of("bare"), ["Admin", "Public"])

    def test_names_of_other_types_are_left_out(self):
        changes = dict(preferred_username=["root"], email={"a": 1}, given_name=7, sub="odd")
        self.assertEqual(self.browser.sign_in(**changes).status_code, 302)
        self.assertEqual(roles_of("odd"), ["Admin", "Public"])

    def test_an_email_address_that_another_user_has(self):
        self.browser.sign_in("old-name", email="same@example.test")
        self.assertEqual(Browser().sign_in("new-name", email="same@example.test").status_code, 302)
        self.assertEqual(roles_of("new-name"), ["Admin", "Public"])

    def test_names_longer_than_the_database_has_room_for(self):
        long = "x" * 100
        changes = dict(email=f"{long}@example.test", given_name=long, family_name=long)
        self.assertEqual(self.browser.sign_in("longnamed", **changes).status_code, 302)
        with app.app_context():
            user = app.appbuilder.sm.find_user(username="longnamed")
            self.assertLessEqual(max(len(user.email), len(user.first_name), len(user.last_name)), 64)

    def test_a_name_with_a_zero_byte_is_no_name(self):
        self.assertEqual(self.browser.sign_in(preferred_username="a\0b", sub="zero").status_code, 302)
        self.assertEqual(roles_of("zero"), ["Admin", "Public"])

    def test_nobody_has_a_password(self):
        self.browser.sign_in("ada")
        with app.app_context():
            self.assertEqual(app.appbuilder.sm.find_user(username="ada").password, "!")

    def test_roles_that_the_database_did_not_take_are_no_sign_in(self):
        self.browser.sign_in("eve", ["airflow_admin"])
        self.browser = Browser()
        manager = app.appbuilder.sm
        with mock.patch.object(manager, "update_user", lambda user: manager.get_session.rollback()):
            self.refused(self.browser.sign_in("eve", ["airflow_viewer"]), 503)
        self.assertEqual(Browser().sign_in("eve", ["airflow_viewer"]).status_code, 302)
        self.assertEqual(roles_of("eve"), ["Public", "Viewer"])

    def test_two_first_sign_ins_at_once(self):
        manager = app.appbuilder.sm
        add_user = manager.add_user

        def late(*args, **kwargs):
            add_user(*args, **kwargs)
            return False  # as after the other one's commit

        with mock.patch.object(manager, "add_user", late):
            self.assertEqual(self.browser.sign_in("twice").status_code, 302)

    def test_lines_of_others_are_no_lines_of_the_log(self):
        logging.disable(logging.NOTSET)
        with self.assertLogs("airflow_appliance.pages", "WARNING") as logs:
            self.browser.get(CALLBACK + "?a%0aFORGED=1&a%0aFORGED=2")
        self.assertNotIn("\n", logs.output[0])

    @table(
        {
            path: path
            for path in (
                "/api/v1/security/login",
                "/api/v1/security/refresh",
                "/resetmypassword/form",
                "/resetpassword/form",
                "/userinfoeditview/form",
                "/register/form",
            )
        }
    )
    def has_no_accounts_of_its_own_at(self, path):
        self.browser.sign_in("ada")
        self.assertIn(self.browser.get(path).status_code, (404, 405))
        answer = self.browser.post(path, json={"username": "ada", "password": "x", "provider": "db"})
        self.assertEqual(answer.status_code, 404)

    def test_a_body_without_end_is_refused(self):
        answer = self.browser.post("/oidc/backchannel-logout", data={"logout_token": "x" * 17_000_000})
        self.assertEqual(answer.status_code, 413)

    def test_a_flood_of_unknown_keys_is_one_fetch(self):
        self.browser.sign_in()
        expire_keys()
        before = provider.key_fetches
        for number in range(20):
            forged = lambda claims: stranger.sign(claims, kid=f"unknown-{number}")
            self.assertEqual(Browser().sign_in(make=forged).status_code, 401)
        # one look whether the provider is there, and one fetch for all of these
        self.assertEqual(provider.key_fetches - before, 2)

    def test_changed_keys_of_the_realm_are_found(self):
        fresh = Key("fresh-key")
        provider.published = [fresh]
        self.addCleanup(lambda: (provider.published.__setitem__(slice(None), [provider.key]), expire_keys()))
        jwks = app.appbuilder.sm.oauth_remotes["keycloak"].verifier.jwks
        jwks._next_fetch = float("-inf")
        self.assertEqual(self.browser.sign_in(make=fresh.sign).status_code, 302)
        self.assertEqual(Browser().sign_in().status_code, 401)

    def test_the_reference_on_the_page_is_in_the_log(self):
        logging.disable(logging.NOTSET)
        with self.assertLogs("airflow_appliance.pages", "WARNING") as logs:
            answer = self.browser.sign_in(aud="other")
        reference = answer.data.decode().split("<code>")[1].split("<")[0]
        self.assertIn(reference, logs.output[0])
        self.assertIn("aud: is 'other', must hold 'airflow'", logs.output[0])
        self.assertNotIn(b"aud", answer.data)

    def test_no_secret_is_logged(self):
        logging.disable(logging.NOTSET)
        asked = self.browser.start()
        provider.answer = (401, {"error": "unauthorized_client", "error_description": f"not {SECRET}"})
        with self.assertLogs(level="DEBUG") as logs:
            self.browser.finish(asked)
        self.assertNotIn(SECRET, "\n".join(logs.output))


if __name__ == "__main__":
    unittest.main()
