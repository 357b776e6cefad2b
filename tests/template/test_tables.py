"""Tables keep what they are given, under our key, and forget what has a date."""

from model import att

PAIR = {"pk": "HASH", "sk": "RANGE"}
INDEXES = {
    "by_day": ("gsi1pk", "gsi1sk", "ALL"),
    "by_customer": ("gsi2pk", "gsi2sk", "ALL"),
    "by_deadline": ("gsi3pk", "gsi3sk", "KEYS_ONLY"),
    "by_inbox": ("gsi1pk", "gsi1sk", "INCLUDE"),
}
# An index that another table has under other attributes.
OTHERWISE = {("Records", "by_deadline"): ("gsi1pk", "gsi1sk", "KEYS_ONLY")}
OF = {"Bookings": {"by_day", "by_customer", "by_deadline"}, "Conversations": {"by_inbox"}, "Records": {"by_deadline"}}
# What a turn changes of a conversation is not among them: it would cost each turn another write.
INCLUDED = {"by_inbox": {"assignee", "labels", "by", "person", "at", "altered"}}


def tables(template):
    found = template.of_type("AWS::DynamoDB::Table")
    assert set(found) == {"Tenants", "Conversations", "Bookings", "Records", "Counters", "Outbox"}
    return found.items()


def keyed(table, index):
    """By which attributes a table has an index, and what it carries."""
    return OTHERWISE.get((table, index), INDEXES[index])


def keys(schema):
    return {key["AttributeName"]: key["KeyType"] for key in schema}


def test_rows_expire(template):
    for name, table in tables(template):
        assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}, name


def test_tables_can_go_back_in_time(template):
    for name, table in tables(template):
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}, name


def test_tables_are_under_our_key(template):
    for name, table in tables(template):
        assert table["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": att("Key")}, name


def test_tables_outlive_the_stack(template):
    for name, table in tables(template):
        resource = template.resources[name]
        assert (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")) == ("RetainExceptOnCreate", "Retain"), name
        assert table["DeletionProtectionEnabled"] == {"Fn::If": ["Protected", True, False]}, name


def test_nothing_is_paid_for_a_table_nobody_uses(template):
    for name, table in tables(template):
        assert table["BillingMode"] == "PAY_PER_REQUEST", name


def test_tables_have_the_keys_of_the_store(template):
    for name, table in tables(template):
        assert keys(table["KeySchema"]) == PAIR, name
        indexes = {index["IndexName"]: index for index in table.get("GlobalSecondaryIndexes", [])}
        assert set(indexes) == OF.get(name, set()), name
        for index, given in indexes.items():
            hash_key, range_key, projected = keyed(name, index)
            assert keys(given["KeySchema"]) == {hash_key: "HASH", range_key: "RANGE"}, index
            assert given["Projection"]["ProjectionType"] == projected, index
            assert set(given["Projection"].get("NonKeyAttributes", [])) == INCLUDED.get(index, set()), index
        named = set(PAIR) | {key for index in indexes for key in keyed(name, index)[:2]}
        types = {of["AttributeName"]: of["AttributeType"] for of in table["AttributeDefinitions"]}
        assert types == dict.fromkeys(named, "S"), name


def test_only_the_outbox_streams(template):
    streams = {name: table["StreamSpecification"] for name, table in tables(template) if "StreamSpecification" in table}
    assert streams == {"Outbox": {"StreamViewType": "NEW_IMAGE"}}


def test_the_key_turns_and_is_never_lost_by_accident(template):
    assert list(template.of_type("AWS::KMS::Key")) == ["Key"]
    resource, key = template.resources["Key"], template.properties("Key")
    assert (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")) == ("RetainExceptOnCreate", "Retain")
    assert key["EnableKeyRotation"] is True
    assert key["PendingWindowInDays"] == 30
    (statement,) = key["KeyPolicy"]["Statement"]
    assert statement["Sid"], "a statement without a name cannot be spoken of"
    assert key["KeyPolicy"]["Version"] == "2012-10-17"
    assert statement["Effect"] == "Allow" and statement["Action"] == "kms:*" and statement["Resource"] == "*"
    assert statement["Principal"] == {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    assert "Condition" not in statement, "a condition here could lock everybody out"
