"""Every parameter explains itself, every condition is used, and everything that is used exists."""

import json
import tomllib

import pytest
from model import Template, deployed, read, ref

CONDITIONS = {
    "OwnUserPool": {"Fn::Equals": [ref("UserPoolId"), ""]},
    "Protected": {"Fn::Equals": [ref("Protect"), "true"]},
    "HasWebAcl": {"Fn::Not": [{"Fn::Equals": [ref("WebAcl"), "none"]}]},
    "OwnWebAcl": {"Fn::Equals": [ref("WebAcl"), "own"]},
    "HasSite": {"Fn::Equals": [ref("Site"), "true"]},
    "HasAlarmEmail": {"Fn::Not": [{"Fn::Equals": [ref("AlarmEmail"), ""]}]},
    "LimitTurns": {"Fn::Not": [{"Fn::Equals": [ref("TurnConcurrency"), 0]}]},
    "LimitActions": {"Fn::Not": [{"Fn::Equals": [ref("ActionConcurrency"), 0]}]},
    "LimitWorkers": {"Fn::Not": [{"Fn::Equals": [ref("WorkerConcurrency"), 0]}]},
}
CONDITIONED = {
    "ApiWebAcl": "HasWebAcl",
    "Firewall": "OwnWebAcl",
    "SiteStack": "HasSite",
    "AlarmMail": "HasAlarmEmail",
    **dict.fromkeys(["UserPool", "UserPoolClient", "PlatformGroup", "OwnerGroup", "AgentGroup"], "OwnUserPool"),
}


def test_every_parameter_explains_itself_in_a_group(template):
    given = template.source["Parameters"]
    groups = template.source["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    grouped = [name for group in groups for name in group["Parameters"]]
    assert sorted(grouped) == sorted(given)
    for name, parameter in given.items():
        assert parameter["Description"].endswith(".") and len(parameter["Description"]) > 20, name


@pytest.mark.parametrize("path", ["infra/site.yaml", "infra/waf.yaml", "infra/budget.yaml", "infra/ci-role.yaml"])
def test_every_parameter_of_the_other_stacks_explains_itself(path):
    for name, parameter in Template.load(path).source["Parameters"].items():
        assert parameter["Description"].endswith("."), name


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_environments_give_parameters_that_exist_values_they_may_have(environment):
    known = deployed().source["Parameters"]
    settings = tomllib.loads(read("samconfig.toml"))[environment]["deploy"]["parameters"]
    given = dict(one.split("=", 1) for one in settings["parameter_overrides"].split())
    assert given["Stage"] == environment and given["SecretsName"] == f"frontdesk/{environment}"
    for name, value in given.items():
        assert value in [str(one) for one in known[name].get("AllowedValues", [value])], name


def test_conditions_say_what_their_names_say(template):
    assert template.source["Conditions"] == CONDITIONS


def test_what_is_made_only_sometimes_is_made_under_its_condition(template):
    found = {name: one["Condition"] for name, one in template.source["Resources"].items() if "Condition" in one}
    assert found == CONDITIONED


def test_parameters_that_belong_together_are_asked_for_together(template):
    pairs = {"AnExistingPoolNeedsItsClient": ("UserPoolId", "UserPoolClientId"), "ADomainNeedsItsCertificate": ("SiteDomain", "SiteCertificateArn")}
    rules = template.source["Rules"]
    assert set(rules) == set(pairs)
    for name, (given, needed) in pairs.items():
        (assertion,) = rules[name]["Assertions"]
        assert rules[name]["RuleCondition"] == {"Fn::Not": [{"Fn::Equals": [ref(given), ""]}]}, name
        assert assertion["Assert"] == {"Fn::Not": [{"Fn::Equals": [ref(needed), ""]}]}, name
        assert needed in assertion["AssertDescription"], name


def test_every_parameter_is_used(template):
    used = json.dumps({key: template.source[key] for key in ("Conditions", "Globals", "Resources", "Outputs")})
    for name in template.source["Parameters"]:
        assert f'{{"Ref": "{name}"}}' in used or f"${{{name}}}" in used, name


def test_outputs_explain_themselves_and_name_what_exists(template):
    for name, output in template.source["Outputs"].items():
        assert output["Description"].endswith(".") and output["Value"], name
