"""What the checks cost: of a token, and of a request of somebody who is signed in."""
import statistics
import time
import unittest

import lab
from browser import Browser, app
from identity import id_claims

from airflow_appliance import security
from airflow_appliance.jwks import Jwks
from airflow_appliance.tokens import Verifier

TIMES = 300


def median(call) -> float:
    """Milliseconds of a call."""
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        call()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


class Cost(unittest.TestCase):
    def test_a_token_is_verified_in_less_than_a_millisecond(self):
        import jwt

        key = lab.provider.key
        verifier = Verifier(lab.ISSUER, lab.CLIENT, Jwks(lambda: {"keys": [key.jwk()]}))
        token = key.sign(id_claims())
        ours = median(lambda: verifier.id_token(token, "n", "the-access-token"))
        pem = key.pem()
        theirs = median(
            lambda: jwt.decode(token, pem, algorithms=["RS256"], audience=lab.CLIENT, issuer=lab.ISSUER)
        )
        print(f"measured: verification {ours:.2f} ms, PyJWT with fewer checks {theirs:.2f} ms")
        self.assertLess(ours, 1)

    def test_a_signed_in_request_costs_one_more_question_to_the_database(self):
        browser = Browser()
        browser.sign_in()
        cookie = browser.cookie().value
        with app.test_request_context("/home", headers={"Cookie": f"session={cookie}"}, base_url=lab.BASE_URL):
            taken = median(lambda: self.assertIsNone(security._end_what_is_over()))
        print(f"measured: look at the session {taken:.2f} ms")
        self.assertLess(taken, 5)


if __name__ == "__main__":
    unittest.main()
