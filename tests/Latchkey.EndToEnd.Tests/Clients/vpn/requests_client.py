"""A client on requests: a session with the token, and three tries for everything."""

import os
import time

import requests


class VeilXrayClient:
    def __init__(self, base_url, api_key):
        self.base_url = base_url.rstrip("/")
        self.session = requests.Session()
        self.session.headers.update({"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"})

    def request(self, method, path, **options):
        for attempt in range(3):
            try:
                response = self.session.request(method, self.base_url + path, timeout=10, **options)
                response.raise_for_status()
                return response.json()
            except requests.exceptions.HTTPError as error:
                raise RuntimeError(error.response.json().get("detail", "unknown")) from error
            except requests.exceptions.ConnectionError:
                if attempt == 2:
                    raise
                time.sleep(2**attempt)

    def create_key(self, name=None):
        return self.request("POST", "/api/keys", json={"name": name} if name else {})


def fails(action, detail):
    try:
        action()
    except RuntimeError as error:
        assert str(error) == detail, error
    else:
        raise AssertionError(f"expected {detail}")


api = VeilXrayClient(os.environ["API_URL"], os.environ["API_KEY"])

key = api.create_key("Вася 😀")
assert list(key) == ["key_id", "uuid", "short_id", "name", "created_at", "is_active"], key
assert key["name"] == "Вася 😀" and key["is_active"] is True and isinstance(key["created_at"], int)
assert api.create_key()["name"] is None

keys = api.request("GET", "/api/keys")
assert keys["total"] == len(keys["keys"]) >= 2
assert api.request("GET", f"/api/keys/{key['key_id']}") == key
assert api.request("GET", f"/api/keys/{key['key_id']}/link")["vless_link"].startswith(f"vless://{key['uuid']}@")
assert api.request("GET", f"/api/keys/{key['key_id']}/traffic")["total"] == 0
assert api.request("POST", f"/api/keys/{key['key_id']}/traffic/reset")["success"] is True
assert api.request("POST", "/api/traffic/sync")["errors"] == 0
assert api.request("DELETE", f"/api/keys/{key['key_id']}")["success"] is True
fails(lambda: api.request("GET", f"/api/keys/{key['key_id']}"), f"Key with id {key['key_id']} not found")
fails(lambda: api.create_key("x" * 256), "name must be at most 255 characters long")
fails(lambda: api.create_key("x" * 10_000_000), "Request body is too large")
fails(lambda: VeilXrayClient(os.environ["API_URL"], "wrong").create_key(), "Invalid authentication token")
