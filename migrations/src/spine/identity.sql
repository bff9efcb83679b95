-- Who may sign in and what he may see and do (domain 1).

CREATE TABLE app_user (
  id {ID},
  login TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  person_id BIGINT REFERENCES person (id),
  password_hash TEXT NOT NULL,      -- argon2id in PHC form
  state TEXT NOT NULL,              -- active, disabled
  failed_attempts INTEGER NOT NULL DEFAULT 0,
  locked_until BIGINT,
  last_login_at BIGINT,
  version INTEGER NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL
);
CREATE INDEX app_user_person ON app_user (person_id);

CREATE TABLE role (
  id {ID},
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  permissions TEXT NOT NULL         -- JSON list of permissions
);

-- Permissions add up over assignments; each has its own scope.
CREATE TABLE role_assignment (
  id {ID},
  user_id BIGINT NOT NULL REFERENCES app_user (id),
  role_id BIGINT NOT NULL REFERENCES role (id),
  scope TEXT NOT NULL,              -- JSON: {"kind": "self" | "orgs" | "all", "orgs": [ids with their subtrees]}
  valid_from DATE NOT NULL,
  valid_to DATE
);
CREATE INDEX role_assignment_user ON role_assignment (user_id);

-- A signed-in device: the family of its refresh tokens.
CREATE TABLE session (
  id {ID},
  user_id BIGINT NOT NULL REFERENCES app_user (id),
  user_agent TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT
);
CREATE INDEX session_of_user ON session (user_id);

-- Only hashes are kept. A token is used once; using it again revokes the session.
CREATE TABLE refresh_token (
  hash TEXT PRIMARY KEY,
  session_id BIGINT NOT NULL REFERENCES session (id),
  issued_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX refresh_token_session ON refresh_token (session_id);
