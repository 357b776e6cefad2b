"""Expiry: a table made by CloudFormation keeps the attribute by which its rows expire.

MiniStack drops `TimeToLiveSpecification` when it creates a table (`services/cloudformation/provisioners.py`, `_ddb_create`,
https://github.com/ministackorg/ministack). Fails without it: `test_mends.py`, `test_a_table_keeps_the_attribute_by_which_its_rows_expire`.
"""


def apply() -> None:
    """Sets the expiry of each table right after CloudFormation made it."""
    from ministack.services import dynamodb
    from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

    table = _RESOURCE_HANDLERS["AWS::DynamoDB::Table"]
    create = table["create"]

    def create_with_expiry(logical_id, props, stack_name):
        name, attributes = create(logical_id, props, stack_name)
        wanted = props.get("TimeToLiveSpecification")
        if wanted:
            enabled = str(wanted.get("Enabled")).lower() == "true"
            specification = {"AttributeName": wanted["AttributeName"], "Enabled": enabled}
            dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": specification})
        return name, attributes

    table["create"] = create_with_expiry
