-- Until when a session may do sensitive acts, after a fresh sign-in at the provider; 0: it may not.
ALTER TABLE sessions ADD COLUMN elevated_until BIGINT NOT NULL DEFAULT 0;
