"""Sign-in: only who was invited, with a strong password, into no business but their own."""

from model import ref


def test_nobody_signs_up_and_passwords_are_long(template):
    pool = template.properties("UserPool")
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert pool["Policies"] == {"PasswordPolicy": {"MinimumLength": 12, "TemporaryPasswordValidityDays": 3}}
    assert (pool["MfaConfiguration"], pool["EnabledMfas"]) == ("OPTIONAL", ["SOFTWARE_TOKEN_MFA"])


def test_people_are_their_verified_address(template):
    pool = template.properties("UserPool")
    assert pool["UsernameAttributes"] == pool["AutoVerifiedAttributes"] == ["email"]
    assert pool["AccountRecoverySetting"] == {"RecoveryMechanisms": [{"Name": "verified_email", "Priority": 1}]}


def test_the_pool_outlives_the_stack_and_is_made_only_when_none_is_given(template):
    resource, pool = template.resources["UserPool"], template.properties("UserPool")
    assert (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")) == ("RetainExceptOnCreate", "Retain")
    assert pool["DeletionProtection"] == {"Fn::If": ["Protected", "ACTIVE", "INACTIVE"]}
    assert pool["UserPoolName"] == ref("AWS::StackName")
    for name in ["UserPool", "UserPoolClient", "PlatformGroup", "OwnerGroup", "AgentGroup"]:
        assert template.resources[name]["Condition"] == "OwnUserPool", name


def test_business_and_role_are_attributes_nobody_writes_through_the_console(template):
    schema = {one["Name"]: one for one in template.properties("UserPool")["Schema"]}
    for name, longest in {"tenant": "64", "role": "16"}.items():
        assert schema[name]["AttributeDataType"] == "String" and schema[name]["Mutable"] is True
        assert schema[name]["StringAttributeConstraints"] == {"MinLength": "1", "MaxLength": longest}
    assert set(schema) == {"tenant", "role"}
    client = template.properties("UserPoolClient")
    assert set(client["WriteAttributes"]) == {"email", "name"}
    assert set(client["ReadAttributes"]) == {"email", "email_verified", "name", "custom:tenant", "custom:role"}


def test_the_console_has_no_secret_and_its_sessions_end(template):
    client = template.properties("UserPoolClient")
    assert client["UserPoolId"] == ref("UserPool") and client["ClientName"] == "console"
    assert client["GenerateSecret"] is False
    assert client["ExplicitAuthFlows"] == ["ALLOW_USER_SRP_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    assert client["PreventUserExistenceErrors"] == "ENABLED" and client["EnableTokenRevocation"] is True
    assert (client["AccessTokenValidity"], client["IdTokenValidity"], client["RefreshTokenValidity"]) == (60, 60, 12)
    assert client["TokenValidityUnits"] == {"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "hours"}


def test_there_is_a_group_for_each_role(template):
    groups = template.of_type("AWS::Cognito::UserPoolGroup").values()
    assert {group["GroupName"] for group in groups} == {"owner", "agent", "platform"}
    assert all(group["UserPoolId"] == ref("UserPool") and group["Description"] for group in groups)
