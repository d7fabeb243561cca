"""Grafana's dashboards, one for each service, from what they show.

    deploy/dashboards.py           writes kubernetes/components/monitoring/dashboards
    deploy/dashboards.py --check   fails where what lies there is something else
"""

import json
import pathlib
import sys

FOLDER = pathlib.Path(__file__).parent / "kubernetes/components/monitoring/dashboards"
STREAMS = 'rpc_method!~".*/(Watch.*|Sync|ServerReflectionInfo)"'


def calls(service):
    job = f'job="mpp-{service}"'
    count = "rpc_server_call_duration_seconds_count"
    return [
        ("Calls a second, by outcome", "reqps", f"sum by (rpc_response_status_code) (rate({count}{{{job}}}[5m]))"),
        ("Slowest twentieth of the calls that are no streams", "s",
         f"histogram_quantile(0.95, sum by (rpc_method, le) (rate(rpc_server_call_duration_seconds_bucket{{{job}, {STREAMS}}}[5m])))"),
        ("Refused by a limit, a second", "reqps", f"sum by (reason, class, caller) (rate(mpp_rpc_refused_total{{{job}}}[5m])) > 0"),
        ("Connections closed at once, a second", "reqps", f"sum by (pod) (rate(mpp_rpc_connections_turned_away_total{{{job}}}[5m]))"),
    ]


def database(service):
    of = f'database="{service}"'
    pool = f'db_client_connection_pool_name=~"{service}/.*"'
    return [
        ("Connections in use", "short", f'sum by (pod, db_client_connection_pool_name) (db_client_connection_count{{{pool}, db_client_connection_state="used"}})'),
        ("Connections allowed", "short", f"max by (db_client_connection_pool_name) (db_client_connection_max{{{pool}}})"),
        ("Who waits for a connection", "short", f"sum by (pod, db_client_connection_pool_name) (db_client_connection_pending_requests{{{pool}}})"),
        ("Longest twentieth of the waits", "s",
         f"histogram_quantile(0.95, sum by (db_client_connection_pool_name, le) (rate(db_client_connection_wait_time_seconds_bucket{{{pool}}}[5m])))"),
        ("Waits given up, a second", "reqps", f"sum by (pod) (rate(db_client_connection_timeouts_total{{{pool}}}[5m]))"),
        ("Writes that failed, a second", "reqps", f"sum by (reason) (rate(mpp_db_failed_writes_total{{{of}}}[5m]))"),
        ("Faults of the database, a second", "reqps", f'sum by (reason) (rate(mpp_db_faults_total{{job="mpp-{service}"}}[5m]))'),
        ("Background work in an hour", "short", f"sum by (job_name, outcome) (increase(mpp_job_runs_total{{{of}}}[1h]))"),
    ]


def feed(service):
    of = f'feed="{service}"'
    return [
        ("Revisions a second", "short", f"max(rate(mpp_feed_head{{{of}}}[5m]))"),
        ("Revisions that followers lack", "short", f"mpp:follower_behind:revisions{{{of}}}"),
        ("Positions refused in an hour", "short", f"sum by (reason) (increase(mpp_feed_positions_refused_total{{{of}}}[1h]))"),
    ]


def memory(service):
    of = f'service="{service}"'
    return [
        ("Records in memory", "short", f"max by (kind) (mpp_memory_records{{{of}}})"),
        ("What they take", "bytes", f"max by (pod) (mpp_memory_size_bytes{{{of}}})"),
        ("Revisions that reads lack", "short", f'mpp:memory_behind:revisions{{feed="{service}"}}'),
        ("Loaded again in an hour", "short", f"sum by (pod) (increase(mpp_memory_reloads_total{{{of}}}[1h]))"),
    ]


def following(service):
    of = f'follower="{service}"'
    return [
        ("Follows", "short", f"max by (feed, pod) (mpp_follower_connected{{{of}}})"),
        ("How old its copies are", "s", f"max by (feed, pod) (mpp_follower_lag_seconds{{{of}}})"),
        ("Revisions that it lacks", "short", f"mpp:follower_behind:revisions{{{of}}}"),
        ("Started again in an hour", "short", f"sum by (feed) (increase(mpp_follower_resets_total{{{of}}}[1h]))"),
    ]


def process(service):
    return [
        ("Credentials end in", "s", f'min by (credential) (mpp_credential_expiry_time_seconds{{service="{service}"}}) - time()'),
        ("Keys are as old as", "s", f'time() - max by (credential) (mpp_credential_changed_time_seconds{{service="{service}"}})'),
        ("Clock is ahead by", "s", f'max by (pod) (mpp_clock_offset_seconds{{service="{service}"}})'),
        ("Versions", "short", f'count by (version) (mpp_build_info{{job="mpp-{service}"}})'),
    ]


SYNC = [
    ("Sessions in an hour", "short", 'sum by (outcome) (increase(mpp_sync_sessions_total{service="registry"}[1h]))'),
    ("Sessions that lacked something, in an hour", "short", 'sum by (reason) (increase(mpp_sync_incomplete_sessions_total{service="registry"}[1h])) > 0'),
    ("Records a second", "short", 'sum by (outcome) (rate(mpp_sync_records_total{service="registry"}[5m]))'),
    ("Slowest twentieth of the waits for a turn to write", "s", 'histogram_quantile(0.95, sum by (work, le) (rate(mpp_sync_write_wait_seconds_bucket{service="registry"}[5m])))'),
    ("Records that wait, by what they lack", "short", 'sum by (code, state) (max by (source, code, state) (mpp_sync_quarantined{service="registry"}))'),
    ("Records that were tried again, in an hour", "short", 'sum by (outcome) (increase(mpp_sync_redriven_total{service="registry"}[1h]))'),
    ("Rows that were not read, in an hour", "short", 'sum(increase(mpp_sync_unread_rows_total{service="registry"}[1h]))'),
    ("How old sources are: the ten oldest", "s", 'topk(10, min by (source, service) (mpp_source_age_seconds{service!="elsewhere"}))'),
    ("Services that curators have changed", "short", "max by (source) (mpp_catalog_overridden)"),
    ("Revisions that search lacks", "short", "max by (pod) (mpp_search_lag)"),
]
DAY = [
    ("Places offered today", "short", "max(mpp_slot_offered)"),
    ("Bookings in an hour", "short", "sum by (outcome) (increase(mpp_slot_bookings_total[1h]))"),
    ("Tickets that wait", "short", "max(mpp_ticket_waiting)"),
    ("The longest wait", "s", "max(mpp_ticket_longest_wait_seconds)"),
    ("Hours rules that sources send, a second", "short", 'sum by (outcome) (rate(mpp_sync_records_total{service="scheduling"}[5m]))'),
    ("Sessions of hours in an hour", "short", 'sum by (outcome) (increase(mpp_sync_sessions_total{service="scheduling"}[1h]))'),
    ("Sessions of hours that lacked something, in an hour", "short", 'sum by (reason) (increase(mpp_sync_incomplete_sessions_total{service="scheduling"}[1h])) > 0'),
    ("Hours rules that wait, by what they lack", "short", 'sum by (code, state) (max by (source, code, state) (mpp_sync_quarantined{service="scheduling"}))'),
]
AGENT = [
    ("Since the last complete run", "s", "min by (source, service) (mpp_agent_success_age_seconds)"),
    ("Since the service that it feeds was reached", "s", "min by (source, service) (mpp_agent_cut_off_seconds)"),
    ("Runs in an hour, by outcome", "short", "sum by (source, service, outcome) (increase(mpp_agent_runs_total[1h]))"),
    ("Runs that were not complete, in an hour", "short", "sum by (source, service, cause) (increase(mpp_agent_incomplete_runs_total[1h])) > 0"),
    ("Slowest twentieth of the runs", "s", "histogram_quantile(0.95, sum by (source, service, le) (rate(mpp_agent_run_duration_seconds_bucket[1h])))"),
    ("Records in an hour, by what became of them", "short", "sum by (source, service, outcome) (increase(mpp_agent_records_total[1h]))"),
    ("Records that will be withdrawn by themselves", "short", "max by (source, service) (mpp_agent_announced_withdrawals)"),
    ("What it keeps", "bytes", "max by (source, service, what) (mpp_agent_kept_bytes)"),
]
REPORT = [
    ("How old the report is", "s", "max by (feed, pod) (mpp_projection_lag_seconds)"),
    ("Revisions that the report lacks", "short",
     "max by (feed) (mpp_feed_head) - on (feed) group_right () max by (feed, pod) (mpp_projection_revision)"),
]


def rows(service):
    own = {"registry": ("Sources", SYNC), "scheduling": ("Today", DAY), "reporting": ("Report", REPORT)}
    if service == "agent":
        return [("Runs", AGENT), ("Process", process(service))]
    if service == "web":
        return [("Process", process(service))]
    found = [own[service], ("Calls", calls(service))]
    if service != "reporting":
        found += [("Feed", feed(service)), ("Memory", memory(service))]
    if service != "registry":
        found.append(("What it follows", following(service)))
    return found + [("Database", database(service)), ("Process", process(service))]


def dashboard(service):
    source = {"type": "prometheus", "uid": "${source}"}
    panels, y = [], 0
    for title, charts in rows(service):
        panels.append({"type": "row", "title": title, "gridPos": {"x": 0, "y": y, "w": 24, "h": 1}})
        for number, (name, unit, expr) in enumerate(charts):
            place = {"x": number % 3 * 8, "y": y + 1 + number // 3 * 7, "w": 8, "h": 7}
            panels.append({
                "type": "timeseries", "title": name, "gridPos": place, "datasource": source,
                "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
                "targets": [{"refId": "A", "expr": expr, "datasource": source}],
            })
        y += 1 + (len(charts) + 2) // 3 * 7
    for number, panel in enumerate(panels):
        panel["id"] = number + 1
    variable = {"name": "source", "label": "Prometheus", "type": "datasource", "query": "prometheus"}
    return {
        "uid": f"mpp-{service}", "title": f"MPP: {service}", "tags": ["mpp"], "schemaVersion": 39,
        "time": {"from": "now-6h", "to": "now"}, "refresh": "1m",
        "templating": {"list": [variable]}, "panels": panels,
    }


def main(check):
    stale = []
    for service in ["registry", "scheduling", "reporting", "web", "agent"]:
        path = FOLDER / f"{service}.json"
        text = json.dumps(dashboard(service), indent=1) + "\n"
        if not check:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            stale.append(path.name)
    if stale:
        print(f"{', '.join(stale)}: run deploy/dashboards.py")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
