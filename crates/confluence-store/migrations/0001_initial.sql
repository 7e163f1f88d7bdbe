-- Times are microseconds since 1970. `sealed` is encrypted with the master key that `key_id` names.

-- The store's own clock: the same for all its users.
CREATE VIEW clock AS SELECT {now} AS now_us;

-- The keys that may have encrypted something here, each with a value to try it on.
CREATE TABLE master_key (
    id {text} PRIMARY KEY,
    sealed {bytes} NOT NULL
);

CREATE TABLE workspace (
    slug {text} PRIMARY KEY,
    name {text} NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE instance (
    workspace {text} NOT NULL REFERENCES workspace ON DELETE CASCADE,
    name {text} NOT NULL,
    revision {text} NOT NULL,
    allowlist {text} NOT NULL,
    policies {text} NOT NULL,
    key_id {text} NOT NULL,
    sealed {bytes} NOT NULL,
    PRIMARY KEY (workspace, name)
);

CREATE TABLE connection (
    workspace {text} NOT NULL,
    instance {text} NOT NULL,
    user_id {text} NOT NULL,
    revision {text} NOT NULL,
    lease_holder {text},
    lease_until BIGINT,
    key_id {text} NOT NULL,
    sealed {bytes} NOT NULL,
    PRIMARY KEY (workspace, instance, user_id),
    FOREIGN KEY (workspace, instance) REFERENCES instance ON DELETE CASCADE
);

-- Found by the fingerprint of the state: whoever reads the table learns no state.
CREATE TABLE sign_in (
    state {text} PRIMARY KEY,
    workspace {text} NOT NULL,
    instance {text} NOT NULL,
    user_id {text} NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    key_id {text} NOT NULL,
    sealed {bytes} NOT NULL,
    FOREIGN KEY (workspace, instance) REFERENCES instance ON DELETE CASCADE
);
CREATE INDEX sign_in_connection ON sign_in (workspace, instance, user_id);
CREATE INDEX sign_in_end ON sign_in (expires_at);

CREATE TABLE spent_ticket (
    id {text} PRIMARY KEY,
    until BIGINT NOT NULL
);
CREATE INDEX spent_ticket_end ON spent_ticket (until);

-- The one row is called `central`.
CREATE TABLE central_client (
    id {text} PRIMARY KEY,
    revision {text} NOT NULL,
    key_id {text} NOT NULL,
    sealed {bytes} NOT NULL
);

-- Keys of callers and people, by their hash. What the kind has no use for is NULL.
CREATE TABLE access_key (
    id {text} PRIMARY KEY,
    hash {text} NOT NULL UNIQUE,
    kind {text} NOT NULL,
    workspace {text} REFERENCES workspace ON DELETE CASCADE,
    instance {text},
    user_id {text},
    agent {text},
    api {text},
    label {text} NOT NULL,
    created_at BIGINT NOT NULL,
    not_after BIGINT,
    FOREIGN KEY (workspace, instance) REFERENCES instance ON DELETE CASCADE
);
CREATE INDEX access_key_owner ON access_key (workspace, instance);

CREATE TABLE web_session (
    hash {text} PRIMARY KEY,
    access_key {text} NOT NULL REFERENCES access_key ON DELETE CASCADE,
    kind {text} NOT NULL,
    workspace {text},
    instance {text},
    user_id {text},
    agent {text},
    api {text},
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX web_session_key ON web_session (access_key);
CREATE INDEX web_session_end ON web_session (expires_at);

CREATE TABLE login_failure (
    id {serial},
    source {text} NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX login_failure_source ON login_failure (source, at);
CREATE INDEX login_failure_time ON login_failure (at);

CREATE TABLE seen_agent (
    workspace {text} NOT NULL,
    instance {text} NOT NULL,
    agent {text} NOT NULL,
    last_seen BIGINT NOT NULL,
    allowed BIGINT NOT NULL,
    PRIMARY KEY (workspace, instance, agent),
    FOREIGN KEY (workspace, instance) REFERENCES instance ON DELETE CASCADE
);

-- Outlives what it speaks of, so nothing is referenced.
CREATE TABLE audit (
    id {serial},
    at BIGINT NOT NULL,
    workspace {text} NOT NULL,
    instance {text} NOT NULL,
    access_key {text},
    user_id {text},
    agent {text},
    operation {text},
    target {text},
    outcome {text} NOT NULL,
    duration_us BIGINT NOT NULL
);
CREATE INDEX audit_workspace ON audit (workspace, id);
CREATE INDEX audit_time ON audit (at);
