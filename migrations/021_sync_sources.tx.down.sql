DROP TABLE sync_sources;
