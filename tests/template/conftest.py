"""What every test is given: the template, transformed once."""

import model
import pytest


@pytest.fixture
def template():
    return model.deployed()


@pytest.fixture
def site():
    return model.site()


@pytest.fixture
def firewall():
    return model.firewall()
