"""Alarms: those over several metrics can be deployed. They are kept, and never go off.

MiniStack refuses `Metrics` of an alarm and with it the whole stack (`services/cloudformation/provisioners.py`, `_cw_metric_alarm_record`,
https://github.com/ministackorg/ministack). Fails without it: `test_mends.py`, `test_an_alarm_over_several_metrics_can_be_deployed`.
"""

# No metric has this name, so the alarm has no data.
NOBODYS = {"MetricName": "metric math", "Namespace": "not evaluated"}


def apply() -> None:
    """Keeps an alarm over several metrics as one without data."""
    from ministack.services.cloudformation import provisioners

    build = provisioners._cw_metric_alarm_record

    def build_any(name, props):
        metrics = props.get("Metrics")
        if not metrics:
            return build(name, props)
        rest = {key: value for key, value in props.items() if key != "Metrics"}
        return {**build(name, {**rest, **NOBODYS}), "Metrics": metrics}

    provisioners._cw_metric_alarm_record = build_any
