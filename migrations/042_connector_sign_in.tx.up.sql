-- Whether people sign in through a connector: on, off when they did once, or empty when they never did. An admin whose
-- only way in is closed is not one who could still act.
ALTER TABLE connectors ADD COLUMN sign_in {{.Text 8}} NOT NULL DEFAULT '';
