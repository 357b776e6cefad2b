"""Starts MiniStack with every mend, in the foreground; its environment says where it listens. Run by `server.py`, never by hand."""

from simulator import alarms, attachments, denials, duties, expiry, keys, nagle, preflight, refusals, sender, stream, values

MENDS = (alarms, attachments, denials, duties, expiry, keys, nagle, preflight, refusals, sender, stream, values)


def main() -> None:
    """Mends, then serves until the process is ended."""
    for mend in MENDS:
        mend.apply()
    from ministack.app import main as serve

    serve()


if __name__ == "__main__":
    main()
