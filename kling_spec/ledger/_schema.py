"""The tables of the ledger, and how older ones are brought up to date."""

_EVENTS = """
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT
"""
_ENTRIES = """
CREATE TABLE entries (
    fingerprint TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    state TEXT NOT NULL,
    task TEXT NOT NULL,
    spec TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    account TEXT NOT NULL,
    client_id TEXT NOT NULL,
    job TEXT,
    clip TEXT,
    video_url TEXT,
    seconds TEXT,
    estimate TEXT,
    estimate_currency TEXT NOT NULL,
    cost TEXT,
    cost_currency TEXT,
    message TEXT NOT NULL DEFAULT '',
    created TEXT NOT NULL,
    updated TEXT NOT NULL,
    PRIMARY KEY (fingerprint, attempt)
) STRICT
"""
_KEPT = """
CREATE TABLE kept (
    provider TEXT NOT NULL,
    account TEXT NOT NULL,
    what TEXT NOT NULL,
    value TEXT NOT NULL,
    until TEXT,
    PRIMARY KEY (provider, account, what)
) STRICT
"""
_HELD = """
CREATE TABLE held (
    scope TEXT NOT NULL,
    currency TEXT NOT NULL,
    nano INTEGER NOT NULL,
    PRIMARY KEY (scope, currency)
) STRICT
"""
_HOME = """
CREATE TABLE home (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    place TEXT NOT NULL
) STRICT
"""
_HINTS = """
CREATE TABLE hints (
    id INTEGER PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    job TEXT NOT NULL,
    state TEXT NOT NULL,
    at TEXT NOT NULL,
    UNIQUE (fingerprint, job, state)
) STRICT
"""
_ASKED = """
CREATE TABLE asked (
    spec TEXT NOT NULL,
    task TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    ask TEXT NOT NULL,
    PRIMARY KEY (spec, task)
) STRICT, WITHOUT ROWID
"""
_ASKED_BEFORE = """
INSERT OR REPLACE INTO asked SELECT spec, task, fingerprint, '' FROM entries ORDER BY created, rowid
"""
_RATINGS = """
CREATE TABLE ratings (
    fingerprint TEXT PRIMARY KEY,
    stars INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
    at TEXT NOT NULL
) STRICT
"""
_APPEND_ONLY = (
    "CREATE TRIGGER events_{verb} BEFORE {verb} ON events BEGIN SELECT RAISE(ABORT, 'events stay'); END"
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        _EVENTS,
        "CREATE INDEX events_of ON events (fingerprint)",
        _ENTRIES,
        "CREATE INDEX entries_of ON entries (spec)",
        _APPEND_ONLY.format(verb="UPDATE"),
        _APPEND_ONLY.format(verb="DELETE"),
    ),
    (_KEPT,),
    (
        "ALTER TABLE entries ADD COLUMN run TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE entries ADD COLUMN nano INTEGER NOT NULL DEFAULT 0",
        _HELD,
        _HOME,
    ),
    (_HINTS,),
    (_ASKED, _ASKED_BEFORE),
    (_RATINGS,),
)
"""The statements that lead from one version of the tables to the next; the version is how many were taken."""
TABLES = frozenset({"events", "entries"})
