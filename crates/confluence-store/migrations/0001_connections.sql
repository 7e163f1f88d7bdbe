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
