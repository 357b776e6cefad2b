"""Queues: what fails is tried again, parked when it fails too often, and brought home from there."""

from desk import Business, Desk
from patience import until

# Of the deployed queue, so that its ten tries take seconds and not half an hour.
QUICK = {"VisibilityTimeout": "1"}


def test_work_that_fails_ten_times_is_parked_and_a_redrive_brings_it_home(desk: Desk, business: Business):
    sqs = desk.stack.aws.client("sqs")
    queue, parked = (desk.stack.resource(name) for name in ("PaymentQueue", "PaymentDlq"))
    sqs.set_queue_attributes(QueueUrl=queue, Attributes=QUICK)
    desk.services.stripe_is_down()
    confirmed = desk.visitor(business).book()
    booking = confirmed["booking"]["id"]
    assert confirmed["booking"]["status"] == "PENDING_PAYMENT"
    assert desk.services.checkout_of(booking) is None

    # Confirming put an event into the outbox: it went by stream, relay, bus and queue to a worker that Stripe fails.
    until(lambda: desk.queued("PaymentDlq"), lambda count: count == 1, seconds=120)
    assert desk.queued("PaymentQueue") == 0

    desk.services.stripe_is_up()
    redrive(sqs, parked, queue)
    checkout = until(lambda: desk.services.checkout_of(booking))
    assert checkout["amount_total"] == 12000
    until(lambda: desk.queued("PaymentQueue"), lambda count: count == 0)
    assert desk.queued("PaymentDlq") == 0


def test_a_webhook_that_stripe_did_not_sign_is_refused_and_queues_nothing(desk: Desk, business: Business):
    confirmed = desk.visitor(business).book()
    desk.pay(confirmed["checkoutUrl"])
    (sent,) = desk.services.deliveries()
    forged = sent["body"].replace('"amount_total":12000', '"amount_total":1')
    assert desk.webhook(forged, sent["signature"]).status == 400
    shown = business.owner.get(f"/v1/admin/bookings/{confirmed['booking']['id']}").ok()
    assert shown["status"] == "PENDING_PAYMENT"
    assert desk.webhook(sent["body"], sent["signature"]).status == 200


def redrive(sqs, parked: str, queue: str) -> None:
    """Moves every parked message back, as `StartMessageMoveTask` does; the simulated SQS does not know that call."""
    while messages := sqs.receive_message(QueueUrl=parked, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            sqs.send_message(QueueUrl=queue, MessageBody=message["Body"])
            sqs.delete_message(QueueUrl=parked, ReceiptHandle=message["ReceiptHandle"])
