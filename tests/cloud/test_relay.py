"""The relay: what can never be carried is parked where an operator sees it."""

import json
import secrets

from desk import Desk
from patience import until


def test_an_event_that_nobody_can_read_is_parked(desk: Desk):
    sqs, parked = desk.stack.aws.client("sqs"), desk.stack.resource("RelayDlq")
    key = f"T#nobody#EVENT#{secrets.token_hex(8)}"
    row = {"pk": {"S": key}, "sk": {"S": "EVENT"}, "name": {"S": "of no kind"}}
    desk.stack.aws.client("dynamodb").put_item(TableName=desk.stack.outputs()["OutboxTable"], Item=row)

    def notes() -> list[str]:
        messages = sqs.receive_message(QueueUrl=parked, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            sqs.delete_message(QueueUrl=parked, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]).get("row") for message in messages]

    until(notes, lambda rows: key in rows)
