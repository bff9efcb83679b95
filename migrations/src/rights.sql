-- Users in full, roles one can make, and scopes of departments, positions, dimensions and named people (domain 1).
-- A scope is JSON: {"all": bool, "own": bool, "departments": [{"id", "below"}], "positions": [ids],
-- "dimensions": {dimension: [values]}, "persons": [ids]}; what is absent is not listed.

ALTER TABLE app_user ADD COLUMN phone TEXT;
-- The scope of role assignments without one of their own.
ALTER TABLE app_user ADD COLUMN scope TEXT NOT NULL DEFAULT '{}';
-- JSON list of how the user may sign in: password.
ALTER TABLE app_user ADD COLUMN auth_methods TEXT NOT NULL DEFAULT '["password"]';

-- JSON list of what front ends show to holders.
ALTER TABLE role ADD COLUMN menus TEXT NOT NULL DEFAULT '[]';
-- Written by the program at every start; nobody changes it.
ALTER TABLE role ADD COLUMN seed BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE role ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

CREATE TABLE role_assignment_new (
  id {ID},
  user_id BIGINT NOT NULL REFERENCES app_user (id),
  role_id BIGINT NOT NULL REFERENCES role (id),
  scope TEXT,                       -- null = the scope of the user
  valid_from DATE NOT NULL,
  valid_to DATE
);
INSERT INTO role_assignment_new (user_id, role_id, scope, valid_from, valid_to)
  SELECT user_id, role_id, CASE scope
      WHEN '{"kind":"self"}' THEN '{"own":true}'
      WHEN '{"kind":"all"}' THEN '{"all":true}'
      WHEN '{"kind":"orgs","orgs":[]}' THEN '{}'
      ELSE replace(replace(replace(scope, '{"kind":"orgs","orgs":["', '{"departments":[{"id":"'),
        '","', '","below":true},{"id":"'), '"]}', '","below":true}]}') END,
    valid_from, valid_to FROM role_assignment ORDER BY id;
DROP TABLE role_assignment;
ALTER TABLE role_assignment_new RENAME TO role_assignment;
CREATE INDEX role_assignment_user ON role_assignment (user_id);
CREATE INDEX role_assignment_role ON role_assignment (role_id);

-- Runs keep the scope of their author.
UPDATE what_if_run SET scope = replace(replace(replace(scope, '"orgs":["', '"areas":[{"departments":[{"id":"'),
    '","', '","below":true},{"id":"'), '"],"persons":[]}', '","below":true}]}],"persons":[]}')
  WHERE scope LIKE '%"orgs":["%"],"persons":[]}';

CREATE INDEX audit_user ON audit (user_id, id);
CREATE INDEX audit_operation ON audit (operation, id);
