"""What is uploaded, in which order, and how long browsers keep it (`tools/site_upload.py`)."""

import sys

import pytest
from model import ROOT

sys.path.insert(0, str(ROOT / "tools"))

import site_upload as upload  # noqa: E402


@pytest.fixture
def built(tmp_path):
    for name in ["chat-widget.js", "chat-widget.panel-QXKY3MTZ.js", "chat-widget.en-3ZB77J4A.js", "badge.svg"]:
        (tmp_path / name).write_text("content")
    return tmp_path


def test_a_name_that_follows_from_the_content_is_kept_for_a_year_and_no_other(built):
    kept = {one.key: one.kept for one in upload.uploads(built)}
    immutable = "public, max-age=31536000, immutable"
    assert kept["chat-widget.panel-QXKY3MTZ.js"] == kept["chat-widget.en-3ZB77J4A.js"] == immutable
    assert kept["chat-widget.js"] == kept["badge.svg"] == "public, max-age=300, stale-while-revalidate=86400"


def test_the_loader_goes_after_the_files_it_names(built):
    keys = [one.key for one in upload.uploads(built)]
    assert keys.index("chat-widget.js") > keys.index("chat-widget.panel-QXKY3MTZ.js")


def test_scripts_are_scripts_in_utf_8(built):
    kinds = {one.key: one.kind for one in upload.uploads(built)}
    assert kinds["chat-widget.js"] == "text/javascript; charset=utf-8"
    assert kinds["badge.svg"] == "image/svg+xml"


@pytest.mark.parametrize("environment", ["default", "dev", "staging", "prod"])
def test_every_environment_has_a_stack_of_its_own(environment):
    name, _ = upload.stack(environment)
    expected = {"default": "frontdesk", "prod": "frontdesk"}.get(environment, f"frontdesk-{environment}")
    assert name == expected
