"""Deleting any one DLQ, expiry, condition or statement makes a named test fail."""

import deletions
import model
import pytest


@pytest.mark.parametrize("subject", ["template", "site", "firewall"])
def test_no_grave_node_can_be_deleted_unnoticed(subject):
    template = getattr(model, {"template": "deployed"}.get(subject, subject))()
    grave = [path for path in deletions.every(template) if deletions.is_grave(path)]
    assert len(grave) >= {"template": 180, "site": 5, "firewall": 0}[subject], "the walk must find them"
    unnoticed = [deletions.spell(path) for path in grave if not deletions.excuse(path) and not deletions.notice(subject, template, path)]
    assert unnoticed == []


def test_a_node_that_nobody_looks_at_is_found_out():
    template = model.deployed()
    extra = {**template.resources["Alarms"], "Metadata": {"looked-at": "by nobody"}}
    both = ({**template.source, "Resources": {**template.source["Resources"], "Alarms": extra}}, {**template.resources, "Alarms": extra})
    assert deletions.notice("template", model.Template(*both), ("Resources", "Alarms", "Metadata")) is None


def test_nothing_is_noticed_where_nothing_is_deleted():
    """Else a test that fails anyway would notice everything."""
    for subject, template in {"template": model.deployed(), "site": model.site(), "firewall": model.firewall()}.items():
        assert deletions.failing(subject, template) is None
