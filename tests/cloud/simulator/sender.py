"""Sender: sending a mail is a right on the identity that its From address belongs to, under the condition `ses:FromAddress`.

MiniStack authorizes `SendEmail` of SES v2 on `*` and without that key, so no narrow policy can allow it (`app.py`, `_enforce_ses_v2`,
https://github.com/ministackorg/ministack). Fails without it: `test_mends.py`, `test_a_right_to_send_is_for_one_identity_and_sender`.
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

        address = parseaddr(json.loads(body).get("FromEmailAddress", ""))[1]
        arn = f"arn:aws:ses:{app.extract_region(headers, query_params)}:{get_account_id()}:identity/{_identity_of(address)}"
        keys = {"ses:fromaddress": address}
        return app._enforce_data_plane(
            "sesv2", "ses:SendEmail", headers, query_params, request_id, resource_arn=arn, service_context=keys, named_resource=arn
        )

    app._enforce_ses_v2 = enforce_sender


def _identity_of(address: str) -> str:
    """The address itself if it was verified, else its domain."""
    from ministack.services import ses_v2

    return address if address in ses_v2._identities else address.rpartition("@")[2]
