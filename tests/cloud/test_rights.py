"""Rights: IAM is enforced here, or the other tests would prove nothing of the template's roles."""

import json

from desk import Business, Desk


def test_a_function_that_lost_a_right_fails_and_stripe_is_asked_to_come_back(desk: Desk, business: Business):
    confirmed = desk.visitor(business).book()
    desk.pay(confirmed["checkoutUrl"])
    (sent,) = desk.services.deliveries()
    iam, role = desk.stack.aws.client("iam"), desk.stack.resource("StripeWebhookRole")
    about = {"RoleName": role, "PolicyName": "stripe-webhook"}
    policy = iam.get_role_policy(**about)["PolicyDocument"]
    rest = {**policy, "Statement": [statement for statement in policy["Statement"] if statement["Sid"] != "Queue"]}
    iam.put_role_policy(**about, PolicyDocument=json.dumps(rest))
    try:
        assert desk.webhook(sent["body"], sent["signature"]).status == 503
    finally:
        iam.put_role_policy(**about, PolicyDocument=json.dumps(policy))
    assert desk.webhook(sent["body"], sent["signature"]).status == 200
