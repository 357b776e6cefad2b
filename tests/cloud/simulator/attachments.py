"""Attachments: the inbox of sent mails shows them.

MiniStack forgets the attachments of a mail that is not raw (`services/ses_v2.py`, `handle_request`; `app.py`,
`_handle_ses_messages_request`, https://github.com/ministackorg/ministack). Fails without it: `test_mends.py`,
`test_the_inbox_shows_attachments`.
"""

import base64
import json

# What was attached, by the id of the mail.
_attached: dict[str, list[dict[str, str]]] = {}


def apply() -> None:
    """Keeps what is attached, and adds it to what the inbox shows."""
    from ministack import app
    from ministack.services import ses_v2

    send, show = ses_v2.handle_request, app._handle_ses_messages_request

    async def send_and_keep(method, path, headers, body, query_params):
        answer = await send(method, path, headers, body, query_params)
        if method == "POST" and path.endswith("/outbound-emails") and answer[0] == 200:
            files = json.loads(body)["Content"].get("Simple", {}).get("Attachments", [])
            _attached[json.loads(answer[2])["MessageId"]] = [_shown(file) for file in files]
        return answer

    async def show_with_files(method, path, *more):
        answer = await show(method, path, *more)
        if answer is None or answer[0] != 200:
            return answer
        told = json.loads(answer[2])
        for mail in (mail for mails in told["messages"].values() for mail in mails):
            mail["Attachments"] = _attached.get(mail["MessageId"], [])
        return 200, answer[1], json.dumps(told).encode()

    ses_v2.handle_request, app._handle_ses_messages_request = send_and_keep, show_with_files


def _shown(file: dict) -> dict[str, str]:
    return {"FileName": file["FileName"], "Text": base64.b64decode(file["RawContent"]).decode(errors="replace")}
