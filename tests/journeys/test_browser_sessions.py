"""A browser's session on the whole platform: through the gateway, from the web app's origin and from others."""

import httpx

from libs.common.ids import new_id
from tests.support.platform import Platform

COOKIE = "stackpro_session"


def test_a_page_of_the_web_app_stays_signed_in_and_signs_out_everywhere(platform: Platform) -> None:
    origin = f"http://127.0.0.1:{platform.web_port}"
    page = {"Origin": origin, "X-CSRF-Protection": "1"}
    body = {
        "email": f"ada-{new_id().hex}@example.com",
        "password": "seven quiet otters build a bridge",
        "full_name": "Ada Lovelace",
        "company": "Bäcker & Söhne",
        "session": "cookie",
    }
    with httpx.Client(base_url=platform.url, timeout=30) as browser:
        signed_up = browser.post("/v1/auth/signup", json=body, headers=page)
        assert (signed_up.status_code, signed_up.json()["refresh_token"]) == (201, None)
        assert signed_up.headers["access-control-allow-origin"] == origin
        assert signed_up.headers["access-control-allow-credentials"] == "true"
        assert browser.cookies[COOKIE] not in signed_up.text

        for forged in ({"Origin": origin}, {**page, "Origin": "https://evil.example"}, {"X-CSRF-Protection": "1"}):
            refused = browser.post("/v1/auth/refresh", json={}, headers=forged)
            assert (refused.status_code, refused.json()["code"]) == (403, "csrf_refused")

        token = browser.post("/v1/auth/refresh", json={}, headers=page).json()["access_token"]
        bearer = {"Authorization": f"Bearer {token}", "Origin": origin}
        [session] = browser.get("/v1/auth/sessions", headers=bearer).json()["items"]
        assert session["current"]
        assert browser.patch("/v1/me", json={"locale": "de"}, headers=bearer).json()["user"]["locale"] == "de"

        assert browser.delete("/v1/auth/sessions", headers=bearer).status_code == 204
        assert browser.post("/v1/auth/refresh", json={}, headers=page).status_code == 401
