"""A simulator of AWS for the cloud suite: MiniStack, started with a few mends. It proves nothing about AWS itself.

Each module below mends one thing that MiniStack leaves out and that Frontdesk cannot do without. A mend names the place in MiniStack's
source that it changes, and the test that fails without it. A mend that has become needless is removed, not kept.
"""
