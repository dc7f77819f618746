"""Handlers of a Telegram bot, as python-telegram-bot calls them, over httpx. What Telegram would bring is handed to them here."""

import asyncio
import os
from types import SimpleNamespace

import httpx

API_URL = os.environ["API_URL"]
HEADERS = {"Authorization": f"Bearer {os.environ['API_KEY']}"}


async def create(update, context):
    name = update.effective_user.username or str(update.effective_user.id)

    async with httpx.AsyncClient() as client:
        response = await client.post(f"{API_URL}/api/keys", headers=HEADERS, json={"name": name})
        response.raise_for_status()
        key = response.json()
        link = (await client.get(f"{API_URL}/api/keys/{key['key_id']}/link", headers=HEADERS)).json()["vless_link"]

    await update.message.reply_text(f"ID: {key['key_id']}\nUUID: {key['uuid']}\n{link}")


async def traffic(update, context):
    if not context.args:
        await update.message.reply_text("Usage: /traffic <id>")
        return

    async with httpx.AsyncClient() as client:
        response = await client.get(f"{API_URL}/api/keys/{context.args[0]}/traffic", headers=HEADERS)

    if response.status_code == 404:
        await update.message.reply_text("There is no such key")
        return
    if response.status_code != 200:
        await update.message.reply_text("Error: " + response.json()["detail"])
        return

    figures = response.json()
    await update.message.reply_text(f"Total: {figures['total'] / 1024 / 1024:.2f} MB")


async def said(handler, *arguments, username="vasya"):
    answers = []

    async def reply_text(text):
        answers.append(text)

    update = SimpleNamespace(
        effective_user=SimpleNamespace(id=1, username=username), message=SimpleNamespace(reply_text=reply_text)
    )
    await handler(update, SimpleNamespace(args=list(arguments)))
    return answers[0]


async def main():
    created = await said(create)
    key_id = created.split("\n")[0].removeprefix("ID: ")
    assert created.split("\n")[2].endswith("#vasya"), created
    assert "#1" in await said(create, username=None)
    assert await said(traffic) == "Usage: /traffic <id>"
    assert await said(traffic, key_id) == "Total: 0.00 MB"
    assert await said(traffic, "999999") == "There is no such key"
    assert await said(traffic, "abc") == "Error: Invalid identifier format: abc. Expected UUID or key_id"

    with httpx.Client(base_url=API_URL, headers=HEADERS) as client:
        first = client.get(f"/api/keys/{key_id}")
        again = client.get(f"/api/keys/{key_id}", headers={"If-None-Match": first.headers["ETag"]})
        assert (first.status_code, again.status_code) == (200, 304)
        assert client.delete(f"/api/keys/{key_id}").json()["message"] == f"Key {key_id} deleted successfully"


asyncio.run(main())
