"""Rights: IAM is enforced here, or the other tests would prove nothing of the template's roles. `privilege.py` takes every right in turn."""

from desk import Business, Desk
from rights import Right, Rights

QUEUE = Right("StripeWebhookRole", "stripe-webhook", "Queue", "sqs:SendMessage")


def test_a_function_that_lost_a_right_fails_and_stripe_is_asked_to_come_back(desk: Desk, business: Business):
    confirmed = desk.visitor(business).book()
    desk.pay(confirmed["checkoutUrl"])
    (sent,) = desk.services.deliveries()
    with Rights(desk.stack).without(QUEUE):
        assert desk.webhook(sent["body"], sent["signature"]).status == 503
    assert desk.webhook(sent["body"], sent["signature"]).status == 200
