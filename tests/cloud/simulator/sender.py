"""Sender: sending a mail is a right on the identity that its From address belongs to, under the condition `ses:FromAddress`.

MiniStack authorizes `SendEmail` of SES v2 on `*` and without that key, so no narrow policy can allow it, and never asks for the second right
that a mail with files needs (`app.py`, `_enforce_ses_v2`, https://github.com/ministackorg/ministack;
https://anymail.dev/en/stable/esps/amazon_ses/#iam-permissions). Fails without it: `test_mends.py`,
`test_a_right_to_send_is_for_one_identity_and_sender`, `test_a_mail_with_a_file_needs_the_right_to_send_a_raw_one`.
"""

import json
from email.utils import parseaddr

SEND = "/v2/email/outbound-emails"


def apply() -> None:
    """Authorizes a mail as AWS does; every other call stays as it was."""
    from ministack import app

    enforce = app._enforce_ses_v2

    def enforce_sender(method, path, headers, body, query_params, request_id):
        if not (app.AUTH and method == "POST" and path.rstrip("/") == SEND):
            return enforce(method, path, headers, body, query_params, request_id)
        from ministack.core.responses import get_account_id

        mail = json.loads(body)
        address = parseaddr(mail.get("FromEmailAddress", ""))[1]
        arn = f"arn:aws:ses:{app.extract_region(headers, query_params)}:{get_account_id()}:identity/{_identity_of(address)}"
        keys = {"ses:fromaddress": address}
        about = {"resource_arn": arn, "service_context": keys, "named_resource": arn}
        for action in ("ses:SendEmail", "ses:SendRawEmail") if _has_files(mail) else ("ses:SendEmail",):
            if denied := app._enforce_data_plane("sesv2", action, headers, query_params, request_id, **about):
                return denied
        return None

    app._enforce_ses_v2 = enforce_sender


def _has_files(mail: dict) -> bool:
    content = mail.get("Content", {})
    return "Raw" in content or bool(content.get("Simple", {}).get("Attachments"))


def _identity_of(address: str) -> str:
    """The address itself if it was verified, else its domain."""
    from ministack.services import ses_v2

    return address if address in ses_v2._identities else address.rpartition("@")[2]
