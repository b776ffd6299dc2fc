"""A browser before the real Flask app of Airflow."""
import lab
from airflow.www.app import create_app
from identity import id_claims, query_of

app = create_app(testing=True)
# Flask-AppBuilder turns CSRF off nowhere, but a test that depends on it must not depend on a default either.
assert app.config["WTF_CSRF_ENABLED"] is True
app.session_interface.db.create_all()

CALLBACK = "/oauth-authorized/keycloak"


class Browser:
    """Keeps cookies; speaks to the webserver by its official name."""

    def __init__(self):
        self.http = app.test_client()

    def get(self, path, **kwargs):
        return self.http.get(path, base_url=kwargs.pop("base_url", lab.BASE_URL), **kwargs)

    def post(self, path, **kwargs):
        return self.http.post(path, base_url=lab.BASE_URL, **kwargs)

    def start(self, target=None):
        """What the provider is asked: state, nonce, code_challenge."""
        answer = self.get("/login/", query_string={"next": target} if target else {})
        assert answer.status_code == 302, answer.data
        return query_of(answer.headers["Location"])

    def finish(self, asked, **changes):
        query = {"state": asked["state"], "code": "the-code", **changes}
        return self.get(CALLBACK, query_string={name: value for name, value in query.items() if value is not None})

    def sign_in(self, username="ada", roles=("airflow_admin",), target=None, make=None, **changes):
        """The whole way with the provider's own key, or with the token that make(claims) gives."""
        asked = self.start(target)
        claims = id_claims(username, roles, asked["nonce"], **changes)
        lab.provider.tokens((make or lab.provider.key.sign)(claims))
        return self.finish(asked)

    def cookie(self):
        for cookie in self.http.cookie_jar:
            if cookie.name == "session":
                return cookie
        return None

    def is_signed_in(self):
        """Others are sent to the sign-in, or told that their session has ended."""
        answer = self.get("/home")
        return answer.status_code in (200, 403)


def roles_of(username):
    with app.app_context():
        user = app.appbuilder.sm.find_user(username=username)
        return sorted(role.name for role in user.roles) if user else None


def set_active(username, active):
    """Lets a user be one of Airflow's, or not."""
    with app.app_context():
        manager = app.appbuilder.sm
        user = manager.find_user(username=username)
        user.active = active
        manager.update_user(user)


def expire_keys():
    """No key is known, and the next request that needs one, or asks for the provider, asks at once."""
    jwks = app.appbuilder.sm.oauth_remotes["keycloak"].verifier.jwks
    jwks._keys, jwks._away = {}, None
    jwks._next_fetch = jwks._next_check = float("-inf")
