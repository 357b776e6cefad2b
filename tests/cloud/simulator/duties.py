"""Duties: what Lambda itself does in a function's name is held to the function's role.

It decrypts the environment, writes the log, polls queues and streams, and parks what a stream gives up. MiniStack does all of that without
asking, and forgets the environment's key (`services/lambda_svc.py`, https://github.com/ministackorg/ministack), so a role without these
rights would work here and nowhere else. AWS decrypts when an environment starts; here each call asks, so that a lost right shows at once. X-Ray is not simulated at all. Fails without it: `test_mends.py`, `test_lambda_does_nothing_in_a_functions_name_that_its_role_may_not`.
"""

from simulator import denials

POLLS = {
    "sqs": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    "dynamodb": ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"),
}
WRITES = ("logs:CreateLogStream", "logs:PutLogEvents")
SEALED = {
    "body": {"errorType": "KMSAccessDeniedException", "errorMessage": "Lambda was unable to decrypt the environment variables."},
    "error": True,
    "function_error": "Unhandled",
    "log": "",
}


def apply() -> None:
    """Asks the role before each duty; one that it may not do is left undone, as AWS leaves it."""
    from ministack.services import lambda_svc
    from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

    run, write = lambda_svc._execute_function_dispatch, lambda_svc._emit_lambda_logs
    mappings, park = lambda_svc._iter_all_esms, lambda_svc._send_ddb_stream_failure_record

    function = _RESOURCE_HANDLERS["AWS::Lambda::Function"]
    create = function["create"]

    def create_with_key(logical_id, props, stack_name):
        name, attributes = create(logical_id, props, stack_name)
        lambda_svc._functions[name]["config"]["KMSKeyArn"] = props.get("KmsKeyArn", "")
        return name, attributes

    def run_if_decrypted(func, config, *more):
        key = config.get("KMSKeyArn")
        return run(func, config, *more) if not key or may(config, key, "kms:Decrypt") else dict(SEALED)

    def write_if_allowed(func, *more, **named):
        config = func.get("config") or func
        if may(config, _stream_of(config), *WRITES):
            write(func, *more, **named)

    def mappings_that_may_poll():
        for account, region, mapping in mappings():
            source = mapping.get("EventSourceArn", "")
            record, config = lambda_svc._get_func_record_for_qualifier(mapping["FunctionName"], mapping.get("Qualifier"))
            if record is None or may(config or record["config"], source, *POLLS.get(source.split(":")[2], ())):
                yield account, region, mapping

    def park_if_allowed(mapping, func, *more):
        target = ((mapping.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
        if not target or may(func.get("config") or func, target, "sqs:SendMessage"):
            park(mapping, func, *more)

    function["create"] = create_with_key
    lambda_svc._execute_function_dispatch = run_if_decrypted
    lambda_svc._emit_lambda_logs = write_if_allowed
    lambda_svc._iter_all_esms = mappings_that_may_poll
    lambda_svc._send_ddb_stream_failure_record = park_if_allowed


def may(config: dict, resource: str, *actions: str) -> bool:
    """Whether the function's role may do all `actions` to `resource`; says in the log which it may not."""
    from ministack.core import iam_evaluator as iam

    account, role = config["Role"].split(":")[4], config["Role"].rpartition("/")[2]
    policies = iam._gather_role_policies(role, account)
    for action in actions:
        about = iam.EvalContext(config["Role"], "AssumedRole", account, action, resource, resource.split(":")[3])
        if iam.evaluate(about, policies).decision != "Allow":
            denials.tell(role, action, resource)
            return False
    return True


def _stream_of(config: dict) -> str:
    """The ARN of the stream that the next lines go to."""
    _, partition, _, region, account, *_ = config["FunctionArn"].split(":")
    group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{config['FunctionName']}"
    return f"arn:{partition}:logs:{region}:{account}:log-group:{group}:log-stream:next"
