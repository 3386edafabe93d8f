CREATE INDEX sessions_by_elevation ON sessions (tenant_id, elevated_until);
